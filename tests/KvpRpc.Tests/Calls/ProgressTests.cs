namespace KvpRpc.Tests.Calls;

/// <summary>Arguments that take reports.</summary>
public sealed class ProgressTests
{
    [Fact]
    public async Task All_reports_come_in_order_before_the_result()
    {
        await using PeerPair peers = new();
        peers.StreamService.OnWork = (progress, _) =>
        {
            for (int i = 0; i < 10_000; i++)
                progress!.Report(i);
            return Task.FromResult("done");
        };
        Sink<int> sink = new();
        Assert.Equal("done", await Wait.For(peers.Streams.WorkAsync(sink)));
        Assert.Equal(Enumerable.Range(0, 10_000), sink.Reports);
    }

    [Fact]
    public async Task A_report_comes_while_the_handler_works_on()
    {
        await using PeerPair peers = new();
        TaskCompletionSource seen = new(TaskCreationOptions.RunContinuationsAsynchronously);
        peers.StreamService.OnWork = async (progress, _) =>
        {
            progress!.Report(1);
            await seen.Task;
            return "done";
        };
        Sink<int> sink = new(_ => seen.TrySetResult());
        Assert.Equal("done", await Wait.For(peers.Streams.WorkAsync(sink)));
    }

    [Fact]
    public async Task Reports_that_nobody_wants_are_not_sent()
    {
        await using PeerPair peers = new();
        IProgress<int>? given = null;
        peers.StreamService.OnWork = (progress, _) =>
        {
            given = progress;
            progress!.Report(1);
            return Task.FromResult("done");
        };
        Assert.Equal("done", await Wait.For(peers.Streams.WorkAsync(null)));
        Assert.NotNull(given);
    }

    [Fact]
    public async Task A_report_after_the_call_has_ended_does_nothing()
    {
        await using PeerPair peers = new();
        IProgress<int> left = new Sink<int>();
        peers.StreamService.OnWork = (progress, _) =>
        {
            left = progress!;
            return Task.FromResult("done");
        };
        Sink<int> sink = new();
        Assert.Equal("done", await Wait.For(peers.Streams.WorkAsync(sink)));
        left.Report(1);
        Assert.Empty(sink.Reports);
    }

    [Fact]
    public async Task Reports_are_ordered_among_the_items_of_a_result()
    {
        await using PeerPair peers = new();
        peers.StreamService.OnBlobs = (count, progress, _) => Items.From(Enumerable.Range(0, count).Select(i =>
        {
            progress!.Report($"before {i}");
            return new byte[i];
        }));
        Sink<string> sink = new();
        int next = 0;
        await foreach (byte[] item in peers.Streams.BlobsAsync(100, sink))
        {
            Assert.Equal(next, item.Length);
            Assert.Contains($"before {next++}", sink.Reports);
        }

        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"before {i}"), sink.Reports);
    }

    [Fact]
    public async Task What_a_listener_throws_cancels_the_call_and_comes_out_of_it_as_thrown()
    {
        await using PeerPair peers = new();
        TaskCompletionSource stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
        peers.StreamService.OnWork = async (progress, token) =>
        {
            progress!.Report(1);
            await Wait.ForCancellation(token);
            stopped.SetResult();
            return "never";
        };
        IOException thrown = new("no");
        Assert.Same(thrown, await Assert.ThrowsAsync<IOException>(
            () => Wait.For(peers.Streams.WorkAsync(new Sink<int>(_ => throw thrown)))));
        await Wait.For(stopped.Task);
    }

    [Fact]
    public async Task A_caller_that_is_slow_holds_the_reports_back()
    {
        await using PeerPair peers = new();
        int reported = 0;
        TaskCompletionSource<bool> finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
        peers.StreamService.OnBlobs = (_, progress, _) => Items.From(Enumerable.Range(0, 1).Select(_ =>
        {
            for (; reported < 500; reported++)
                progress!.Report(new string('x', 1000));
            finished.TrySetResult(true);
            return new byte[1];
        }));
        TaskCompletionSource first = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using ManualResetEventSlim release = new();
        Sink<string> sink = new(_ =>
        {
            first.TrySetResult();
            release.Wait(TestContext.Current.CancellationToken);
        });
        Task<int> call = Task.Run(() => peers.Streams.BlobsAsync(0, sink).CountAsync().AsTask());
        await Wait.For(first.Task);

        // Half a million bytes do not fit into the window and the two messages of the sender.
        await Wait.Until(() => Volatile.Read(ref reported) > 60);
        Assert.False(finished.Task.IsCompleted);
        Assert.InRange(Volatile.Read(ref reported), 60, 130);
        release.Set();
        Assert.Equal(1, await Wait.For(call));
        Assert.Equal(500, sink.Reports.Count);
    }

    [Fact]
    public async Task Losing_the_link_ends_a_report_that_waits()
    {
        await using PeerPair peers = new(links: new(windowBytes: 1000));
        TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using ManualResetEventSlim release = new();
        peers.StreamService.OnWork = (progress, token) =>
        {
            for (int i = 0; !token.IsCancellationRequested; i++)
                progress!.Report(i);
            ended.SetResult();
            return Task.FromResult("never");
        };
        TaskCompletionSource first = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Sink<int> sink = new(_ =>
        {
            first.TrySetResult();
            release.Wait(TestContext.Current.CancellationToken);
        });
        Task<string> call = Task.Run(() => peers.Streams.WorkAsync(sink));
        await Wait.For(first.Task);
        peers.Kill();
        await Wait.For(ended.Task);
        release.Set();
        Assert.Equal(StatusCode.Unavailable, (await Wait.ForError(call)).StatusCode);
    }

    private sealed class Sink<T>(Action<T>? action = null) : IProgress<T>
    {
        internal List<T> Reports { get; } = [];

        public void Report(T value)
        {
            Reports.Add(value);
            action?.Invoke(value);
        }
    }
}
