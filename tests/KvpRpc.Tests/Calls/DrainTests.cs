namespace KvpRpc.Tests.Calls;

public sealed class DrainTests
{
    [Fact]
    public async Task New_calls_certainly_do_not_run_while_running_ones_end_and_are_waited_for()
    {
        await using PeerPair peers = new();
        TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource<string> finish = new(TaskCreationOptions.RunContinuationsAsynchronously);
        peers.Service.OnRun = (_, _) =>
        {
            started.SetResult();
            return finish.Task;
        };
        Task<string> running = peers.Client.RunAsync("first");
        await Wait.For(started.Task);
        Task drain = peers.Right.DrainAsync();
        RpcException refused = await Wait.ForError(peers.Client.RunAsync("second"));
        Assert.Equal(StatusCode.Unavailable, refused.StatusCode);
        Assert.True(refused.CertainlyNotRun);
        RpcException stream = await Wait.ForError(peers.Streams.SumAsync("x", Items.From([1])));
        Assert.True(stream.CertainlyNotRun);
        Assert.False(drain.IsCompleted);
        finish.SetResult("done");
        Assert.Equal("done", await Wait.For(running));
        await Wait.For(drain);
    }

    [Fact]
    public async Task A_handler_is_told_that_its_side_stops_and_is_not_cancelled()
    {
        await using PeerPair peers = new();
        TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        peers.Service.OnRun = async (_, token) =>
        {
            RpcContext context = RpcContext.Current!;
            started.SetResult();
            await Wait.ForCancellation(context.Stopping);
            return $"{token.IsCancellationRequested}";
        };
        Task<string> running = peers.Client.RunAsync("a");
        await Wait.For(started.Task);
        await Wait.For(peers.Right.DrainAsync());
        Assert.Equal("False", await Wait.For(running));
    }

    [Fact]
    public async Task Calls_that_take_too_long_are_cancelled_and_their_callers_told()
    {
        await using PeerPair peers = new(
            left: new RpcPeerOptions { DefaultDeadline = TimeSpan.FromMinutes(1) },
            right: new RpcPeerOptions { DrainTimeout = TimeSpan.FromSeconds(5) });
        TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
        peers.Service.OnRun = async (_, token) =>
        {
            started.SetResult();
            await Wait.ForCancellation(token);
            stopped.SetResult();
            token.ThrowIfCancellationRequested();
            return "never";
        };
        Task<string> running = peers.Client.RunAsync("a");
        await Wait.For(started.Task);
        Task drain = peers.Right.DrainAsync();
        await Wait.For(AdvanceUntilAsync(peers, drain));
        await Wait.For(stopped.Task);
        RpcException error = await Wait.ForError(running);
        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
        Assert.False(error.CertainlyNotRun);
        Assert.Contains(peers.RightLog.Lines, line => line.Id == 119);
    }

    [Fact]
    public async Task The_token_of_the_drain_ends_its_time_early()
    {
        await using PeerPair peers = new();
        TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        peers.StreamService.OnCount = (_, token) =>
        {
            started.SetResult();
            return Items.Endless(i => i, new Items.Source(), token);
        };
        Task<List<int>> running = peers.Streams.CountAsync(1).ToListAsync().AsTask();
        await Wait.For(started.Task);
        using CancellationTokenSource hurry = new();
        Task drain = peers.Right.DrainAsync(hurry.Token);
        await hurry.CancelAsync();
        await Wait.For(drain);
        Assert.Equal(StatusCode.Unavailable, (await Wait.ForError(running)).StatusCode);
    }

    [Fact]
    public async Task Own_calls_go_on_while_a_side_drains_and_are_waited_for()
    {
        await using PeerPair peers = new();
        TaskCompletionSource<string> finish = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        peers.Service.OnRun = (text, _) =>
        {
            started.TrySetResult();
            return text == "slow" ? finish.Task : Task.FromResult(text);
        };
        Task<string> slow = peers.Client.RunAsync("slow");
        await Wait.For(started.Task);
        Task drain = peers.Left.DrainAsync();
        Assert.Equal("new", await Wait.For(peers.Client.RunAsync("new")));
        Assert.False(drain.IsCompleted);
        finish.SetResult("slow");
        Assert.Equal("slow", await Wait.For(slow));
        await Wait.For(drain);
    }

    [Fact]
    public async Task A_side_without_calls_is_drained_at_once_and_can_be_drained_again()
    {
        await using PeerPair peers = new();
        Assert.Equal("a", await Wait.For(peers.Client.RunAsync("a")));
        await Wait.For(peers.Right.DrainAsync());
        await Wait.For(peers.Right.DrainAsync());
        await Wait.For(peers.Left.DrainAsync());
    }

    [Fact]
    public async Task Code_that_waits_for_the_stopping_and_throws_does_not_keep_a_side_from_it()
    {
        await using PeerPair peers = new();
        peers.Service.OnRun = (text, _) =>
        {
            RpcContext.Current!.Stopping.UnsafeRegister(_ => throw new InvalidOperationException("no"), null);
            return Task.FromResult(text);
        };
        Assert.Equal("a", await Wait.For(peers.Client.RunAsync("a")));
        await Wait.For(peers.Right.DrainAsync());
        Assert.Contains(peers.RightLog.Lines, line => line.Id == 120);
    }

    [Fact]
    public void A_drain_timeout_of_nothing_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(
            () => new RpcPeer(new MemoryLinkSource(), new RpcPeerOptions { DrainTimeout = TimeSpan.Zero }));

    // The drain sets its timer a moment after it was asked for.
    private static async Task AdvanceUntilAsync(PeerPair peers, Task end)
    {
        while (!end.IsCompleted)
        {
            peers.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
    }
}
