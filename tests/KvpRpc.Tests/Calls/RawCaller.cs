using KvpRpc.Calls;
using KvpRpc.Links;
using Microsoft.Extensions.Time.Testing;

namespace KvpRpc.Tests.Calls;

/// <summary>A peer that writes its own bytes, against a real one that serves.</summary>
internal sealed class RawCaller : IAsyncDisposable
{
    private readonly RpcPeer _peer;

    internal RawCaller(RpcPeerOptions? options = null, RpcAccess? access = null)
    {
        MemoryLinkSource source = new();
        source.Open(Links.Right);
        _peer = new RpcPeer(source, (options ?? new()) with { TimeProvider = Time, Logger = Log });
        _peer.AddService<IProbe>(Service, access ?? RpcAccess.Anyone);
        _peer.AddService<IStreams>(StreamService, access ?? RpcAccess.Anyone);
        _peer.Start();
    }

    internal FakeTimeProvider Time { get; } = new();

    internal ListLogger Log { get; } = new();

    internal MemoryLinkPair Links { get; } = new();

    internal ProbeService Service { get; } = new();

    internal StreamService StreamService { get; } = new();

    internal KvpLinkStream Open(string name = "test.Probe/Run") =>
        Links.Left.OpenStream(name, KvpStreamPriority.Normal);

    /// <summary>Sends one message, the only one, and gets the error that comes back.</summary>
    internal async Task<RpcException> CallForErrorAsync(string name, byte[] message, bool endOfStream = true)
    {
        await using KvpLinkStream stream = Open(name);
        await stream.SendAsync(message, endOfStream, TestContext.Current.CancellationToken);
        return await ReceiveErrorAsync(stream);
    }

    internal static async Task<RpcException> ReceiveErrorAsync(KvpLinkStream stream)
    {
        using KvpLinkMessage response = await Wait.For(stream.ReceiveAsync(default).AsTask());
        Assert.True(response.IsEndOfStream);
        Assert.True(CallMessage.TryRead(response.Data.Span, out CallMessage parts));
        Assert.Equal(CallMessageKind.Trailers, parts.Kind);
        Assert.True(ResponseHeader.TryRead(parts.Fields, out ResponseHeader trailers));
        return CallErrors.FromTrailers(trailers);
    }

    /// <summary>Waits until the peer resets the stream and gets its code.</summary>
    internal static async Task<CallResetCode> ReceiveResetAsync(KvpLinkStream stream)
    {
        KvpLinkException reset = await Assert.ThrowsAsync<KvpLinkException>(
            () => Wait.For(stream.ReceiveAsync(default).AsTask()));
        Assert.Equal(KvpLinkError.StreamReset, reset.Error);
        return (CallResetCode)reset.ResetCode;
    }

    public ValueTask DisposeAsync() => _peer.DisposeAsync();
}
