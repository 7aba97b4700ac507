using KvpRpc.Calls;
using KvpRpc.Links;
using Microsoft.Extensions.Logging;

namespace KvpRpc.Tests.Calls;

public sealed class LimitTests
{
    [Fact]
    public async Task Arguments_over_the_own_limit_are_refused_before_they_are_sent()
    {
        await using PeerPair peers = new(left: new RpcPeerOptions { MaxMessageBytes = 1000 });
        RpcException error = await Wait.ForError(peers.Client.BlobAsync(new byte[1000]));
        Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
        Assert.True(error.CertainlyNotRun);
        Assert.Equal(0, peers.Links.Left.OpenedStreams);
        Assert.Equal(900, (await Wait.For(peers.Client.BlobAsync(new byte[900]))).Length);
    }

    [Fact]
    public async Task Arguments_over_the_limit_of_the_link_are_refused_before_they_are_sent()
    {
        await using PeerPair peers = new(links: new MemoryLinkPair(maxMessageBytes: 1000));
        RpcException error = await Wait.ForError(peers.Client.BlobAsync(new byte[1000]));
        Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
        Assert.Equal("The arguments of test.Probe/Blob are over the limit of 1000 bytes.", error.Message);
        Assert.True(error.CertainlyNotRun);
        Assert.Equal(0, peers.Links.Left.OpenedStreams);
    }

    [Fact]
    public async Task Arguments_over_the_limit_of_the_peer_are_refused_by_it()
    {
        await using PeerPair peers = new(right: new RpcPeerOptions { MaxMessageBytes = 1000 });
        RpcException error = await Wait.ForError(peers.Client.BlobAsync(new byte[1000]));
        Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
        Assert.True(error.CertainlyNotRun);
    }

    [Fact]
    public async Task A_result_over_the_limit_is_refused_where_it_is_made()
    {
        await using PeerPair peers = new(right: new RpcPeerOptions { MaxMessageBytes = 1000 });
        peers.Service.OnBlob = _ => new byte[1_000_000];
        RpcException error = await Wait.ForError(peers.Client.BlobAsync([]));
        Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
        Assert.False(error.CertainlyNotRun);
    }

    [Fact]
    public async Task A_result_over_the_limit_of_the_caller_is_refused_there()
    {
        await using PeerPair peers = new(left: new RpcPeerOptions { MaxMessageBytes = 1000 });
        peers.Service.OnBlob = _ => new byte[1000];
        RpcException error = await Wait.ForError(peers.Client.BlobAsync([]));
        Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
    }

    [Fact]
    public async Task A_call_that_was_answered_no_longer_counts()
    {
        await using PeerPair peers = new(right: new RpcPeerOptions { MaxConcurrentCalls = 1 });
        TaskCompletionSource isCleared = new();
        peers.Links.Right.Clearing = isCleared.Task;
        try
        {
            for (int i = 0; i < 3; i++)
                Assert.Single(await Wait.For(peers.Client.BlobAsync([1])));
        }
        finally
        {
            isCleared.SetResult();
        }
    }

    [Fact]
    public async Task One_call_more_than_the_limit_is_refused_at_once_and_does_not_run()
    {
        await using PeerPair peers = new(right: new RpcPeerOptions { MaxConcurrentCalls = 3 });
        TaskCompletionSource release = new();
        using SemaphoreSlim started = new(0);
        int ran = 0;
        peers.Service.OnRun = async (text, _) =>
        {
            Interlocked.Increment(ref ran);
            started.Release();
            await release.Task;
            return text;
        };
        Task<string>[] calls = [.. Enumerable.Range(0, 3).Select(i => peers.Client.RunAsync($"{i}"))];
        for (int i = 0; i < 3; i++)
            await Wait.For(started.WaitAsync(TestContext.Current.CancellationToken));

        RpcException error = await Wait.ForError(peers.Client.RunAsync("one more"));
        Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
        Assert.True(error.CertainlyNotRun);
        Assert.Equal(3, ran);
        Assert.Contains(peers.RightLog.Lines, line => line is { Level: LogLevel.Warning, Id: 106 });

        release.SetResult();
        Assert.Equal(["0", "1", "2"], await Wait.For(Task.WhenAll(calls)));
        await Wait.Until(() => peers.Links.Right.LiveStreams == 0);
        Assert.Equal("again", await Wait.For(peers.Client.RunAsync("again")));
    }

    [Fact]
    public async Task Streams_that_say_nothing_count_against_the_limit_of_their_peer()
    {
        await using RawCaller raw = new(new RpcPeerOptions { MaxConcurrentCalls = 2 });
        TaskCompletionSource release = new();
        raw.Service.OnRun = async (text, _) =>
        {
            await release.Task;
            return text;
        };
        KvpLinkStream[] held = [raw.Open(), raw.Open()];
        foreach (KvpLinkStream stream in held)
            await stream.SendAsync(new byte[] { 0x01, 0x91, 0xA0 }, endOfStream: true, default);
        KvpLinkStream refused = raw.Open();
        await refused.SendAsync(new byte[] { 0x01, 0x91, 0xA0 }, endOfStream: true, default);
        Assert.Equal(CallResetCode.Refused, await RawCaller.ReceiveResetAsync(refused));
        release.SetResult();
    }

    [Fact]
    public async Task A_caller_that_does_not_read_holds_its_own_calls_up_and_no_more()
    {
        await using PeerPair peers = new(links: new MemoryLinkPair(windowBytes: 1000));
        KvpLinkStream stalled = peers.Links.Left.OpenStream("test.Probe/Blob", KvpStreamPriority.Bulk);
        await stalled.SendAsync(new byte[] { 0x01, 0x91, 0xC4, 0x01, 0x00 }, endOfStream: true, default);
        peers.Service.OnBlob = _ => new byte[100_000];
        for (int i = 0; i < 10; i++)
            Assert.Equal(100_000, (await Wait.For(peers.Client.BlobAsync([1]))).Length);
    }
}
