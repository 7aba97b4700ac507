using KvpRpc.Links;
using KvpRpc.Resilience;
using Microsoft.Extensions.Time.Testing;

namespace KvpRpc.Tests.Calls;

/// <summary>Two peers over a link in memory, the right one with a service, on a clock that only the test
/// moves.</summary>
internal sealed class PeerPair : IAsyncDisposable
{
    internal PeerPair(
        RpcPeerOptions? left = null, RpcPeerOptions? right = null, MemoryLinkPair? links = null, bool isOpen = true)
    {
        Links = links ?? new MemoryLinkPair();
        left ??= new() { Resilience = RpcResilienceOptions.None };
        Left = new RpcPeer(LeftSource, Complete(left, LeftLog));
        Right = new RpcPeer(RightSource, Complete(right, RightLog));
        Right.AddService<IProbe>(Service);
        Right.AddService<IStreams>(StreamService);
        if (isOpen)
            Open(Links);
        Left.Start();
        Right.Start();
        Client = Left.CreateClient<IProbe>();
        Streams = Left.CreateClient<IStreams>();
    }

    internal FakeTimeProvider Time { get; } = new();

    internal ListLogger LeftLog { get; } = new();

    internal ListLogger RightLog { get; } = new();

    internal MemoryLinkPair Links { get; private set; }

    internal MemoryLinkSource LeftSource { get; } = new();

    internal MemoryLinkSource RightSource { get; } = new();

    internal RpcPeer Left { get; }

    internal RpcPeer Right { get; }

    internal ProbeService Service { get; } = new();

    internal StreamService StreamService { get; } = new();

    internal IProbe Client { get; }

    internal IStreams Streams { get; }

    private RpcPeerOptions Complete(RpcPeerOptions? options, ListLogger log) =>
        (options ?? new()) with
        {
            TimeProvider = Time, Logger = log, DefaultAccess = options?.DefaultAccess ?? RpcAccess.Anyone,
        };

    internal void Open(MemoryLinkPair links)
    {
        Links = links;
        LeftSource.Open(links.Left);
        RightSource.Open(links.Right);
    }

    internal void Kill(KvpLinkError error = KvpLinkError.LinkLost)
    {
        LeftSource.Close();
        RightSource.Close();
        Links.Kill(error);
    }

    public async ValueTask DisposeAsync()
    {
        await Left.DisposeAsync();
        await Right.DisposeAsync();
    }
}
