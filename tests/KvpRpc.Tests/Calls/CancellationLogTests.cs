using Microsoft.Extensions.Logging;

namespace KvpRpc.Tests.Calls;

/// <summary>A call that ends because nobody waits for it is no error of anybody: no log says it is.</summary>
public sealed class CancellationLogTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_cancelled_call_is_no_error(bool isWrapped)
    {
        await using PeerPair peers = new();
        using CancellationTokenSource source = new();
        TaskCompletionSource began = new(TaskCreationOptions.RunContinuationsAsynchronously);
        peers.Service.OnRun = async (_, token) =>
        {
            began.SetResult();
            await Wait.ForCancellation(token);
            OperationCanceledException cancelled = new(token);
            throw isWrapped ? new InvalidOperationException("The query was cancelled.", cancelled) : cancelled;
        };
        Task<string> call = peers.Client.RunAsync("x", source.Token);
        await Wait.For(began.Task);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(call));
        await Wait.Until(() => peers.RightLog.Lines.Any(line => line.Id == 104));
        AssertNothingAbove(peers, LogLevel.Debug);
    }

    [Fact]
    public async Task A_call_whose_time_is_over_is_no_error()
    {
        await using PeerPair peers = new(left: new() { DefaultDeadline = TimeSpan.FromSeconds(1) });
        TaskCompletionSource began = new(TaskCreationOptions.RunContinuationsAsynchronously);
        peers.Service.OnRun = async (_, token) =>
        {
            began.SetResult();
            await Wait.ForCancellation(token);
            throw new OperationCanceledException(token);
        };
        Task<string> call = peers.Client.RunAsync("x");
        await Wait.For(began.Task);
        peers.Time.Advance(TimeSpan.FromSeconds(1));
        await Wait.ForError(call);
        await Wait.Until(() => peers.RightLog.Lines.Any(line => line.Id == 104));
        AssertNothingAbove(peers, LogLevel.Debug);
    }

    [Fact]
    public async Task A_stream_that_is_left_is_no_error()
    {
        await using PeerPair peers = new();
        await foreach (int _ in peers.Streams.CountAsync(1_000_000))
            break;
        await Wait.Until(() => peers.RightLog.Lines.Any(line => line.Id is 104 or 108));
        AssertNothingAbove(peers, LogLevel.Debug);
    }

    [Fact]
    public async Task A_side_that_closes_while_calls_run_is_no_error()
    {
        PeerPair peers = new();
        TaskCompletionSource began = new(TaskCreationOptions.RunContinuationsAsynchronously);
        peers.Service.OnRun = async (_, token) =>
        {
            began.SetResult();
            await Wait.ForCancellation(token);
            throw new OperationCanceledException(token);
        };
        Task<string> call = peers.Client.RunAsync("x");
        await Wait.For(began.Task);
        await peers.DisposeAsync();
        await Wait.ForError(call);
        await Wait.Until(() => peers.RightLog.Lines.Any(line => line.Id is 104 or 108));
        AssertNothingAbove(peers, LogLevel.Debug);
    }

    [Fact]
    public async Task A_handler_that_cancels_itself_gets_a_warning()
    {
        await using PeerPair peers = new();
        peers.Service.OnRun = (_, _) => throw new TaskCanceledException("The handler's own time is over.");
        RpcException error = await Wait.ForError(peers.Client.RunAsync("x"));
        Assert.Equal(StatusCode.Unknown, error.StatusCode);
        Assert.Contains(peers.RightLog.Lines, line => line is { Id: 121, Level: LogLevel.Warning });
        AssertNothingAbove(peers, LogLevel.Warning);
    }

    private static void AssertNothingAbove(PeerPair peers, LogLevel level) =>
        Assert.DoesNotContain(peers.LeftLog.Lines.Concat(peers.RightLog.Lines), line => line.Level > level);
}
