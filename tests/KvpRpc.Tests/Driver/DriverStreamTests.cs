using KvpRpc.Driver;
using KvpRpc.Links;
using KvpRpc.Protocol.Hellos;

namespace KvpRpc.Tests.Driver;

/// <summary>Streams whose driver is held, so that the test plays the loop.</summary>
public sealed class DriverStreamTests : IAsyncDisposable
{
    private readonly ScriptedTransport _transport = new();
    private readonly ManualResetEventSlim _holds = new();
    private readonly ManualResetEventSlim _release = new();
    private readonly LinkDriver _driver;
    private readonly DriverLink _link;

    public DriverStreamTests()
    {
        // The loop takes no command while it is held.
        _transport.ReadOwn = _ =>
        {
            _holds.Set();
            _release.Wait();
            return default;
        };
        _driver = new(_transport, PeerRole.Guest, new());
        _link = new(_driver, id: 1, 1024, maxStreams: 16);
        _holds.Wait();
    }

    [Fact]
    public async Task A_token_that_fires_late_ends_no_receive_but_its_own()
    {
        using CancellationTokenSource first = new();
        using CancellationTokenSource second = new();
        DriverStream stream = New();
        ValueTask<KvpLinkMessage> receive = stream.ReceiveAsync(first.Token);
        stream.HandleMessage(new byte[16], 1, endOfStream: false);
        (await receive).Dispose();
        Task<KvpLinkMessage> next = stream.ReceiveAsync(second.Token).AsTask();
        stream.CancelReceive(first.Token);
        Assert.False(next.IsCompleted);
        stream.CancelReceive(second.Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
    }

    [Fact]
    public async Task A_token_that_fires_late_resets_no_send_but_its_own()
    {
        using CancellationTokenSource first = new();
        using CancellationTokenSource second = new();
        DriverStream stream = New();
        ValueTask send = stream.SendAsync(default, endOfStream: false, first.Token);
        stream.HandleSendCompleted();
        await send;
        Task next = stream.SendAsync(default, endOfStream: false, second.Token).AsTask();
        stream.CancelSend(first.Token);
        stream.HandleSendCompleted();
        await next;
    }

    [Fact]
    public void Streams_that_the_peer_has_reset_before_they_were_accepted_are_not_kept()
    {
        for (int i = 0; i < 1000; i++)
        {
            DriverStream stream = New();
            _link.HandleAccepted(stream);
            if (i != 500)
                stream.Fail(new(KvpLinkError.StreamReset, "The peer has reset the stream."));
        }

        Assert.InRange(_link.AwaitingAcceptCount, 1, 32);
    }

    public async ValueTask DisposeAsync()
    {
        _link.End(new(KvpLinkError.Closed, "The test has ended."));
        _release.Set();
        await _driver.DisposeAsync();
        await _transport.DisposeAsync();
        _holds.Dispose();
        _release.Dispose();
    }

    private DriverStream New() => (DriverStream)_link.OpenStream("stream", KvpStreamPriority.Normal);
}
