using System.Threading.Channels;
using KvpRpc.Tests.Calls;

namespace KvpRpc.Tests.Resilience;

/// <summary>Calls with streams are made again only while nobody has seen anything of them.</summary>
public sealed class StreamRetryTests
{
    [Fact]
    public async Task A_stream_that_is_lost_before_its_first_item_begins_again()
    {
        await using StorePair peers = new();
        TaskCompletionSource begun = new();
        peers.Store.OnList = (run, count, token) =>
        {
            begun.TrySetResult();
            return run == 1 ? Items.Of(Channel.CreateUnbounded<int>(), token) : Items.From(Enumerable.Range(0, count));
        };
        Task<List<int>> call = peers.Client.ListAsync(3).ToListAsync().AsTask();
        await Wait.For(begun.Task);
        peers.Lose();
        peers.Open();
        Assert.Equal([0, 1, 2], await peers.ResultOf(call));
        Assert.Equal([1, 2], peers.Store.Attempts);
    }

    [Fact]
    public async Task A_stream_of_which_the_caller_has_an_item_does_not_begin_again()
    {
        await using StorePair peers = new();
        Channel<int> items = Channel.CreateUnbounded<int>();
        peers.Store.OnList = (_, _, token) => Items.Of(items, token);
        await using IAsyncEnumerator<int> call = peers.Client.ListAsync(3).GetAsyncEnumerator();
        items.Writer.TryWrite(7);
        Assert.True(await Wait.For(call.MoveNextAsync().AsTask()));
        peers.Lose();
        peers.Open();
        RpcException error = await Wait.ForError(call.MoveNextAsync().AsTask());
        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
        Assert.Equal(1, peers.Store.Runs);
    }

    [Fact]
    public async Task A_stream_that_came_at_the_second_attempt_ends_with_the_callers_token()
    {
        await using StorePair peers = new();
        Channel<int> items = Channel.CreateUnbounded<int>();
        TaskCompletionSource<CancellationToken> second = new();
        TaskCompletionSource begun = new();
        peers.Store.OnList = (run, _, token) =>
        {
            begun.TrySetResult();
            if (run == 2)
                second.SetResult(token);
            return Items.Of(run == 1 ? Channel.CreateUnbounded<int>() : items, token);
        };
        using CancellationTokenSource source = new();
        await using IAsyncEnumerator<int> call = peers.Client.ListAsync(3, source.Token).GetAsyncEnumerator();
        Task<bool> first = call.MoveNextAsync().AsTask();
        await Wait.For(begun.Task);
        peers.Lose();
        peers.Open();
        items.Writer.TryWrite(7);
        Assert.True(await peers.ResultOf(first));
        Assert.Equal(7, call.Current);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(call.MoveNextAsync().AsTask()));
        await Wait.ForCancellation(await second.Task);
    }

    [Fact]
    public async Task A_source_that_was_enumerated_is_not_enumerated_again()
    {
        await using StorePair peers = new();
        Channel<int> values = Channel.CreateUnbounded<int>();
        TaskCompletionSource begun = new();
        peers.Store.OnSum = async (_, items, token) =>
        {
            begun.TrySetResult();
            return await items.AggregateAsync(0L, (sum, value) => sum + value, token);
        };
        int enumerations = 0;
        Task<long> call = peers.Client.SumAsync(Count());
        await Wait.For(begun.Task);
        peers.Lose();
        peers.Open();
        Assert.Equal(StatusCode.Unavailable, (await Wait.ForError(call)).StatusCode);
        Assert.Equal(1, enumerations);

        IAsyncEnumerable<int> Count()
        {
            enumerations++;
            return Items.Of(values);
        }
    }

    [Fact]
    public async Task A_call_whose_listener_has_heard_nothing_is_made_again()
    {
        await using StorePair peers = new();
        TaskCompletionSource begun = new();
        peers.Store.OnScan = async (run, progress, token) =>
        {
            begun.TrySetResult();
            if (run == 1)
                await Wait.ForCancellation(token);
            token.ThrowIfCancellationRequested();
            progress!.Report(run);
            return "done";
        };
        Listener listener = new();
        Task<string> call = peers.Client.ScanAsync(listener);
        await Wait.For(begun.Task);
        peers.Lose();
        peers.Open();
        Assert.Equal("done", await peers.ResultOf(call));
        Assert.Equal([2], listener.Heard);
    }

    [Fact]
    public async Task A_call_whose_listener_has_heard_something_is_not_made_again()
    {
        await using StorePair peers = new();
        peers.Store.OnScan = async (run, progress, token) =>
        {
            progress!.Report(run);
            await Wait.ForCancellation(token);
            throw new OperationCanceledException(token);
        };
        Listener listener = new();
        Task<string> call = peers.Client.ScanAsync(listener);
        await Wait.Until(() => listener.Heard.Count == 1);
        peers.Lose();
        peers.Open();
        Assert.Equal(StatusCode.Unavailable, (await Wait.ForError(call)).StatusCode);
        Assert.Equal(1, peers.Store.Runs);
    }

    private sealed class Listener : IProgress<int>
    {
        internal System.Collections.Concurrent.ConcurrentQueue<int> Heard { get; } = new();

        public void Report(int value) => Heard.Enqueue(value);
    }
}
