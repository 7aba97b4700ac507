using KvpRpc.Links;

namespace KvpRpc.Tests.Calls;

public sealed class LinkLossTests
{
    [Fact]
    public async Task A_link_lost_while_a_call_runs_leaves_the_outcome_unknown_and_ends_the_handler()
    {
        await using PeerPair peers = new();
        TaskCompletionSource<CancellationToken> started = new();
        peers.Service.OnRun = async (text, token) =>
        {
            started.TrySetResult(token);
            await Wait.ForCancellation(token);
            return text;
        };
        Task<string> call = peers.Client.RunAsync("x");
        CancellationToken token = await Wait.For(started.Task);
        peers.Kill();
        RpcException error = await Wait.ForError(call);
        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
        Assert.False(error.CertainlyNotRun);
        Assert.Contains("outcome unknown", error.Message, StringComparison.Ordinal);
        await Wait.ForCancellation(token);
    }

    [Fact]
    public async Task A_link_lost_before_anything_was_delivered_says_that_the_call_did_not_run()
    {
        await using PeerPair peers = new();
        peers.Links.Hold();
        Task<string> call = peers.Client.RunAsync("x");
        peers.Kill();
        RpcException error = await Wait.ForError(call);
        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
        Assert.True(error.CertainlyNotRun);
        Assert.Contains("did not run", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_without_deadline_on_a_dead_link_ends()
    {
        await using PeerPair peers = new();
        peers.Links.Hold();
        IProbe client = peers.Left.CreateClient<IProbe>(new RpcClientOptions { Deadline = Timeout.InfiniteTimeSpan });
        Task<string> call = client.RunAsync("x");
        peers.Kill();
        Assert.Equal(StatusCode.Unavailable, (await Wait.ForError(call)).StatusCode);
    }

    [Fact]
    public async Task All_calls_under_way_end_with_their_link()
    {
        await using PeerPair peers = new();
        TaskCompletionSource never = new();
        peers.Service.OnRun = async (text, _) =>
        {
            await never.Task;
            return text;
        };
        Task<string>[] calls = [.. Enumerable.Range(0, 100).Select(i => peers.Client.RunAsync($"{i}"))];
        peers.Kill();
        foreach (Task<string> call in calls)
            Assert.Equal(StatusCode.Unavailable, (await Wait.ForError(call)).StatusCode);
        never.SetResult();
    }

    [Fact]
    public async Task The_next_link_serves_the_same_clients_and_services()
    {
        await using PeerPair peers = new();
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal($"{i}", await Wait.For(peers.Client.RunAsync($"{i}")));
            peers.Kill();
            Task<string> waiting = peers.Client.RunAsync("waits");
            Assert.False(waiting.IsCompleted);
            peers.Open(new MemoryLinkPair());
            Assert.Equal("waits", await Wait.For(waiting));
        }
    }

    [Fact]
    public async Task A_call_on_a_link_that_has_just_ended_waits_for_the_next()
    {
        await using PeerPair peers = new();
        MemoryLinkPair dead = peers.Links;
        dead.Left.End(KvpLinkError.LinkLost);

        // Without a deadline: the clock runs ahead below, however slowly the call gets on.
        RpcCallOptions forEver = new() { Deadline = Timeout.InfiniteTimeSpan };
        Task<string> call = RpcClients.With(peers.Client, forEver).RunAsync("x");
        peers.Open(new MemoryLinkPair());
        dead.Kill();
        await Wait.Until(() =>
        {
            peers.Time.Advance(TimeSpan.FromMilliseconds(20));
            return call.IsCompleted;
        });
        Assert.Equal("x", await call);
    }

    [Fact]
    public async Task A_source_that_cannot_give_a_link_ends_calls_with_its_reason()
    {
        await using PeerPair peers = new(isOpen: false);
        peers.LeftSource.Fail(new KvpLinkException(KvpLinkError.VersionMismatch, "The peer speaks version 9."));
        RpcException error = await Wait.ForError(peers.Client.RunAsync("x"));
        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
        Assert.True(error.CertainlyNotRun);
        Assert.Contains("The peer speaks version 9.", error.Message, StringComparison.Ordinal);
        await Wait.Until(() => peers.LeftLog.Lines.Any(line => line.Id == 110));
    }

    [Fact]
    public async Task Disposing_of_the_calling_peer_ends_its_calls()
    {
        await using PeerPair peers = new();
        TaskCompletionSource<CancellationToken> started = new();
        peers.Service.OnRun = async (text, token) =>
        {
            started.TrySetResult(token);
            await Wait.ForCancellation(token);
            return text;
        };
        IProbe client = peers.Left.CreateClient<IProbe>(new RpcClientOptions { Deadline = Timeout.InfiniteTimeSpan });
        Task<string> call = client.RunAsync("x");
        CancellationToken token = await Wait.For(started.Task);
        await peers.Left.DisposeAsync();
        RpcException error = await Wait.ForError(call);
        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
        Assert.False(error.CertainlyNotRun);
        await Wait.ForCancellation(token);
        RpcException later = await Wait.ForError(client.RunAsync("x"));
        Assert.Equal(StatusCode.Unavailable, later.StatusCode);
        Assert.True(later.CertainlyNotRun);
        Assert.Throws<ObjectDisposedException>(peers.Left.Start);
    }

    [Fact]
    public async Task Disposing_of_the_serving_peer_ends_the_calls_it_runs()
    {
        await using PeerPair peers = new();
        TaskCompletionSource<CancellationToken> started = new();
        peers.Service.OnRun = async (text, token) =>
        {
            started.TrySetResult(token);
            await Wait.ForCancellation(token);
            return text;
        };
        Task<string> call = peers.Client.RunAsync("x");
        CancellationToken token = await Wait.For(started.Task);
        await peers.Right.DisposeAsync();
        RpcException error = await Wait.ForError(call);
        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
        Assert.Contains("closed while", error.Message, StringComparison.Ordinal);
        await Wait.ForCancellation(token);
    }
}
