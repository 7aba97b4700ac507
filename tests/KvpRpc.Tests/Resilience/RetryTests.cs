using KvpRpc.Links;
using KvpRpc.Resilience;
using KvpRpc.Tests.Calls;

namespace KvpRpc.Tests.Resilience;

/// <summary>When a call is made again, and when not, with the default pipeline.</summary>
public sealed class RetryTests
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    [Fact]
    public async Task A_call_that_certainly_did_not_run_is_made_again_whatever_its_method()
    {
        await using StorePair peers = new();
        peers.Links.Hold();
        Task<string> call = peers.Client.WriteAsync("a");
        peers.Lose();
        peers.Open();
        Assert.Equal("a 1", await peers.ResultOf(call));
        Assert.Equal([2], peers.Store.Attempts);
    }

    [Fact]
    public async Task A_call_that_may_have_run_is_not_made_again_unless_its_method_is_idempotent()
    {
        await using StorePair peers = new();
        TaskCompletionSource begun = new();
        peers.Store.OnCall = async (_, _, token) =>
        {
            begun.TrySetResult();
            await Wait.ForCancellation(token);
            throw new OperationCanceledException(token);
        };
        Task<string> call = peers.Client.WriteAsync("a");
        await Wait.For(begun.Task);
        peers.Lose();
        peers.Open();
        RpcException error = await Wait.ForError(call);
        Assert.Equal((StatusCode.Unavailable, false), (error.StatusCode, error.CertainlyNotRun));
        Assert.Equal(1, peers.Store.Runs);
    }

    [Fact]
    public async Task An_idempotent_call_whose_handler_stopped_with_the_link_runs_again()
    {
        await using StorePair peers = new();
        TaskCompletionSource begun = new();
        peers.Store.OnCall = async (run, key, token) =>
        {
            if (run > 1)
                return $"{key} {run}";
            begun.TrySetResult();
            await Wait.ForCancellation(token);
            throw new OperationCanceledException(token);
        };
        Task<string> call = peers.Client.ReadAsync("a");
        await Wait.For(begun.Task);
        peers.Lose();
        peers.Open();
        Assert.Equal("a 2", await peers.ResultOf(call));
        Assert.Equal([1, 2], peers.Store.Attempts);
    }

    [Fact]
    public async Task Attempts_end_after_so_many_as_the_options_say_and_none_comes_before_its_time()
    {
        await using StorePair peers = new();
        peers.Store.OnCall = (_, _, _) => throw new RpcException(StatusCode.Unavailable, "Busy.");
        Task<string> call = peers.Client.ReadAsync("a");
        await Wait.Until(() => peers.CallerLog.Lines.Any(line => line.Id == 150));
        Assert.Equal(1, peers.Store.Runs);
        Assert.Equal("Busy.", (await peers.ErrorOf(call)).Message);
        Assert.Equal([1, 2, 3, 4], peers.Store.Attempts);
    }

    [Theory]
    [InlineData(StatusCode.Internal)]
    [InlineData(StatusCode.ResourceExhausted)]
    [InlineData(StatusCode.Aborted)]
    [InlineData(StatusCode.DeadlineExceeded)]
    public async Task Another_status_is_the_callers_business(StatusCode status)
    {
        await using StorePair peers = new();
        peers.Store.OnCall = (_, _, _) => throw new RpcException(status, "No.");
        Assert.Equal(status, (await Wait.ForError(peers.Client.ReadAsync("a"))).StatusCode);
        Assert.Equal(1, peers.Store.Runs);
    }

    [Fact]
    public async Task A_method_that_is_not_idempotent_is_not_made_again_for_what_its_handler_says()
    {
        await using StorePair peers = new();
        peers.Store.OnCall = (_, _, _) =>
            throw new RpcException(StatusCode.Unavailable, "Busy.") { RetryAfter = TimeSpan.FromSeconds(1) };
        RpcException error = await Wait.ForError(peers.Client.WriteAsync("a"));
        Assert.Equal(TimeSpan.FromSeconds(1), error.RetryAfter);
        Assert.Equal(1, peers.Store.Runs);
    }

    [Theory]
    [InlineData(StatusCode.Unavailable)]
    [InlineData(StatusCode.ResourceExhausted)]
    public async Task What_the_callee_says_of_when_to_try_again_holds(StatusCode status)
    {
        await using StorePair peers = new();
        peers.Store.OnCall = (run, key, _) => run == 1
            ? throw new RpcException(status, "Busy.") { RetryAfter = TimeSpan.FromSeconds(7) }
            : Task.FromResult(key);
        Task<string> call = peers.Client.ReadAsync("a");
        await Wait.Until(() => peers.Time.Waits.Contains(TimeSpan.FromSeconds(7)));
        peers.Time.Advance(TimeSpan.FromSeconds(7) - Step);
        Assert.Equal(1, peers.Store.Runs);
        peers.Time.Advance(Step);
        Assert.Equal("a", await Wait.For(call));
    }

    [Fact]
    public async Task A_callee_that_wants_no_other_attempt_gets_none()
    {
        await using StorePair peers = new();
        peers.Store.OnCall = (_, _, _) =>
            throw new RpcException(StatusCode.Unavailable, "Gone.") { RetryAfter = Timeout.InfiniteTimeSpan };
        RpcException error = await Wait.ForError(peers.Client.ReadAsync("a"));
        Assert.Equal(Timeout.InfiniteTimeSpan, error.RetryAfter);
        Assert.Equal(1, peers.Store.Runs);
    }

    [Fact]
    public async Task A_time_to_try_again_beyond_the_deadline_is_not_waited_for()
    {
        await using StorePair peers = new();
        peers.Store.OnCall = (_, _, _) =>
            throw new RpcException(StatusCode.Unavailable, "Busy.") { RetryAfter = TimeSpan.FromSeconds(31) };
        IStore client = peers.CreateClient(new() { Deadline = TimeSpan.FromSeconds(30) });
        Assert.Equal(StatusCode.Unavailable, (await Wait.ForError(client.ReadAsync("a"))).StatusCode);
    }

    [Fact]
    public async Task All_attempts_share_one_deadline_and_the_error_tells_of_the_first()
    {
        await using StorePair peers = new();
        TaskCompletionSource begun = new();
        peers.Store.OnCall = async (_, _, token) =>
        {
            begun.TrySetResult();
            await Wait.ForCancellation(token);
            throw new OperationCanceledException(token);
        };
        Task<string> call = peers.CreateClient(new() { Deadline = TimeSpan.FromSeconds(10) }).ReadAsync("a");
        await Wait.For(begun.Task);
        peers.Time.Advance(TimeSpan.FromSeconds(6));
        peers.Lose();
        await Wait.Until(() => peers.CallerLog.Lines.Any(line => line.Id == 150));
        peers.Time.Advance(TimeSpan.FromSeconds(4) - Step);
        Assert.False(call.IsCompleted);
        peers.Time.Advance(Step);

        // No link came again, so the last attempt did not run; the first may have.
        RpcException error = await Wait.ForError(call);
        Assert.Equal((StatusCode.DeadlineExceeded, false), (error.StatusCode, error.CertainlyNotRun));
    }

    [Fact]
    public async Task A_caller_who_gives_up_does_not_wait_for_the_next_attempt()
    {
        await using StorePair peers = new();
        peers.Store.OnCall = (_, _, _) =>
            throw new RpcException(StatusCode.Unavailable, "Busy.") { RetryAfter = TimeSpan.FromDays(1) };
        using CancellationTokenSource source = new();
        Task<string> call = peers.Client.ReadAsync("a", source.Token);
        await Wait.Until(() => peers.CallerLog.Lines.Any(line => line.Id == 150));
        await source.CancelAsync();
        OperationCanceledException cancelled =
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(call));
        Assert.Equal(source.Token, cancelled.CancellationToken);
    }

    [Fact]
    public async Task A_source_that_can_give_no_link_any_more_is_not_asked_again()
    {
        await using StorePair peers = new(isOpen: false);
        peers.CallerSource.Fail(new KvpLinkException(KvpLinkError.VersionMismatch, "The peer speaks version 9."));
        RpcException error = await Wait.ForError(peers.Client.ReadAsync("a"));
        Assert.Contains("version 9", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(peers.CallerLog.Lines, line => line.Id == 150);
    }

    [Fact]
    public async Task With_no_retries_every_call_is_one_attempt()
    {
        await using StorePair peers = new(new() { Resilience = RpcResilienceOptions.None });
        peers.Links.Hold();
        Task<string> call = peers.Client.ReadAsync("a");
        peers.Lose();
        Assert.True((await Wait.ForError(call)).CertainlyNotRun);
    }

    [Fact]
    public async Task A_one_way_call_that_certainly_was_not_sent_is_sent_again()
    {
        await using StorePair peers = new(isOpen: false);
        peers.Open(new MemoryLinkPair(windowBytes: 0));
        Task call = peers.Client.NotifyAsync("a");
        peers.Lose();
        peers.Open();
        await peers.PassUntilEndOf(call);
        await call;
        await Wait.Until(() => peers.Store.Runs == 1);
    }
}
