using KvpRpc.Resilience;
using KvpRpc.Tests.Calls;

namespace KvpRpc.Tests.Resilience;

/// <summary>A second attempt joins one that takes long, and the first answer counts.</summary>
public sealed class HedgingTests
{
    private static readonly RpcClientOptions Hedged = new()
    {
        Hedging = new() { Delay = TimeSpan.FromSeconds(2) },
        Deadline = Timeout.InfiniteTimeSpan,
    };

    [Fact]
    public async Task The_first_answer_counts_and_the_other_attempt_is_cancelled()
    {
        await using StorePair peers = new();
        TaskCompletionSource<CancellationToken> slow = new();
        peers.Store.OnCall = async (run, key, token) =>
        {
            if (run > 1)
                return $"{key} {run}";
            slow.SetResult(token);
            await Wait.ForCancellation(token);
            throw new OperationCanceledException(token);
        };
        Task<string> call = peers.CreateClient(Hedged).ReadAsync("a");
        CancellationToken token = await Wait.For(slow.Task);
        peers.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("a 2", await Wait.For(call));
        Assert.Equal([1, 2], peers.Store.Attempts);
        await Wait.ForCancellation(token);
        await Wait.Until(() => peers.Links.Left.LiveStreams == 0);
    }

    [Fact]
    public async Task A_call_that_ends_in_time_is_made_once()
    {
        await using StorePair peers = new();
        Assert.Equal("a 1", await Wait.For(peers.CreateClient(Hedged).ReadAsync("a")));
        peers.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(1, peers.Store.Runs);
    }

    [Fact]
    public async Task An_attempt_that_fails_is_joined_at_once()
    {
        await using StorePair peers = new();
        peers.Store.OnCall = (run, key, _) => run == 1
            ? throw new RpcException(StatusCode.Unavailable, "Busy.")
            : Task.FromResult($"{key} {run}");
        Assert.Equal("a 2", await Wait.For(peers.CreateClient(Hedged).ReadAsync("a")));
    }

    [Fact]
    public async Task A_method_that_is_not_idempotent_is_never_hedged()
    {
        await using StorePair peers = new();
        TaskCompletionSource mayEnd = new(TaskCreationOptions.RunContinuationsAsynchronously);
        peers.Store.OnCall = async (run, key, _) =>
        {
            await mayEnd.Task;
            return $"{key} {run}";
        };
        Task<string> call = peers.CreateClient(Hedged).WriteAsync("a");
        await Wait.Until(() => peers.Store.Runs == 1);
        peers.Time.Advance(TimeSpan.FromMinutes(1));
        mayEnd.SetResult();
        Assert.Equal("a 1", await Wait.For(call));
        Assert.Equal(1, peers.Store.Runs);
    }

    [Fact]
    public async Task The_deadline_ends_all_attempts()
    {
        await using StorePair peers = new();
        peers.Store.OnCall = async (_, key, token) =>
        {
            await Wait.ForCancellation(token);
            return key;
        };
        RpcClientOptions options = Hedged with { Deadline = TimeSpan.FromSeconds(5) };
        Task<string> call = peers.CreateClient(options).ReadAsync("a");
        await Wait.Until(() => peers.Store.Runs == 1);
        peers.Time.Advance(TimeSpan.FromSeconds(2));
        await Wait.Until(() => peers.Store.Runs == 2);
        peers.Time.Advance(TimeSpan.FromSeconds(3));
        RpcException error = await Wait.ForError(call);
        Assert.Equal((StatusCode.DeadlineExceeded, false), (error.StatusCode, error.CertainlyNotRun));
    }

    [Fact]
    public async Task Options_out_of_their_range_are_refused_with_the_client()
    {
        await using StorePair peers = new();
        Assert.Throws<ArgumentOutOfRangeException>(
            () => peers.CreateClient(new() { Hedging = new() { MaxHedgedAttempts = 11 } }));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => peers.CreateClient(new() { Hedging = new RpcHedgingOptions { Delay = Timeout.InfiniteTimeSpan } }));
    }
}
