using System.Threading.Channels;
using KvpRpc.Calls;
using KvpRpc.Links;

namespace KvpRpc.Tests.Calls;

/// <summary>Calls whose arguments are streams.</summary>
public sealed class ClientStreamTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100_000)]
    public async Task All_items_reach_the_handler(int count)
    {
        await using PeerPair peers = new();
        long sum = await Wait.For(peers.Streams.SumAsync("x", Items.From(Enumerable.Range(0, count))));
        Assert.Equal(Enumerable.Range(0, count).Sum(i => (long)i), sum);
        sum = await Wait.For(peers.Streams.SumAsync("x", Items.OneByOne(Enumerable.Range(0, count / 100))));
        Assert.Equal(Enumerable.Range(0, count / 100).Sum(i => (long)i), sum);
        await Wait.Until(() => peers.Links.Left.LiveStreams == 0 && peers.Links.Right.LiveStreams == 0);
    }

    [Fact]
    public async Task Items_that_are_there_at_once_are_one_message_that_ends_the_direction()
    {
        await using PeerPair peers = new(isOpen: false);
        MemoryLinkPair links = new();
        peers.LeftSource.Open(links.Left);
        Task<long> call = peers.Streams.SumAsync("a", Items.From([1, 2, 3]));
        KvpLinkStream stream = (await Wait.For(links.Right.AcceptStreamAsync(default).AsTask()))!;
        using KvpLinkMessage first = await Wait.For(stream.ReceiveAsync(default).AsTask());
        Assert.False(first.IsEndOfStream);
        Assert.Equal([0x91, 0xA1, 0x61], first.Data.ToArray()[^3..]);
        using KvpLinkMessage second = await Wait.For(stream.ReceiveAsync(default).AsTask());
        Assert.Equal([0x02, 0x01, 0x02, 0x03], second.Data.ToArray());
        Assert.True(second.IsEndOfStream);
        await stream.SendAsync(new byte[] { 0x03, 0x06 }, endOfStream: true, default);
        Assert.Equal(6, await Wait.For(call));
    }

    [Fact]
    public async Task An_item_crosses_while_the_source_waits_for_the_next()
    {
        await using PeerPair peers = new();
        Channel<string> lines = Channel.CreateUnbounded<string>();
        await using IAsyncEnumerator<string> answers =
            peers.Streams.ChatAsync(Items.Of(lines)).GetAsyncEnumerator();
        foreach (string line in (string[])["a", "b", "c"])
        {
            lines.Writer.TryWrite(line);
            Assert.True(await Wait.For(answers.MoveNextAsync().AsTask()));
            Assert.Equal(line.ToUpperInvariant(), answers.Current);
        }

        lines.Writer.Complete();
        Assert.False(await Wait.For(answers.MoveNextAsync().AsTask()));
    }

    [Fact]
    public async Task A_result_before_the_end_of_the_items_ends_the_call_and_the_source()
    {
        await using PeerPair peers = new();
        Items.Source source = new();
        peers.StreamService.OnSum = async (values, _) => await values.FirstAsync(default);
        Assert.Equal(7, await Wait.For(peers.Streams.SumAsync("x", Items.Endless(_ => 7, source))));
        await Wait.For(source.Ended.Task);
        await Wait.Until(() => peers.Links.Left.LiveStreams == 0 && peers.Links.Right.LiveStreams == 0);
    }

    [Fact]
    public async Task A_result_is_not_lost_though_the_caller_reads_it_late_and_still_sends()
    {
        for (int i = 0; i < 50; i++)
        {
            await using PeerPair peers = new();
            Channel<int> values = Channel.CreateUnbounded<int>();
            peers.StreamService.OnSum = (_, _) => Task.FromResult(42L);
            peers.Links.Hold();
            Task<long> call = peers.Streams.SumAsync("x", Items.Of(values));
            values.Writer.TryWrite(1);
            peers.Links.Release();
            Assert.Equal(42, await Wait.For(call));
        }
    }

    [Fact]
    public async Task A_handler_that_stops_reading_holds_the_source_back()
    {
        await using PeerPair peers = new();
        Items.Source source = new();
        TaskCompletionSource release = new();
        peers.StreamService.OnJoin = async (left, _, _) =>
        {
            await left.FirstAsync(default);
            await release.Task;
            return "enough";
        };
        Task<string> call = peers.Streams.JoinAsync(
            Items.Endless(_ => new byte[1000], source), Items.From<byte[]>([]));
        await Wait.Until(() => source.Taken > 60);
        Assert.InRange(source.Taken, 60, (2 * 64 * 1024 / 1000) + 50);
        release.SetResult();
        Assert.Equal("enough", await Wait.For(call));
        await Wait.For(source.Ended.Task);
    }

    [Fact]
    public async Task What_a_source_throws_cancels_the_call_and_comes_out_of_it_as_thrown()
    {
        await using PeerPair peers = new();
        Channel<int> values = Channel.CreateUnbounded<int>();
        IOException thrown = new("the disk is gone");
        TaskCompletionSource<CancellationToken> stopped = new();
        peers.StreamService.OnSum = async (items, token) =>
        {
            try
            {
                await foreach (int item in items)
                    values.Writer.Complete(thrown);
                return 0;
            }
            catch (OperationCanceledException)
            {
                stopped.SetResult(token);
                throw;
            }
        };
        values.Writer.TryWrite(1);
        Assert.Same(thrown, await Assert.ThrowsAsync<IOException>(
            () => Wait.For(peers.Streams.SumAsync("x", Items.Of(values)))));
        Assert.True((await Wait.For(stopped.Task)).IsCancellationRequested);
        Assert.Same(thrown, await Assert.ThrowsAsync<IOException>(() => Wait.For(
            peers.Streams.ChatAsync(Items.Broken<string>(["a"], thrown)).ToListAsync().AsTask())));
    }

    [Fact]
    public async Task Cancelling_ends_the_source_and_the_handler()
    {
        await using PeerPair peers = new();
        using CancellationTokenSource cancel = new();
        Items.Source source = new();
        TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
        peers.StreamService.OnSum = async (values, token) =>
        {
            await values.FirstAsync(default);
            started.SetResult();
            await Wait.ForCancellation(token);
            stopped.SetResult();
            return 0;
        };
        Task<long> call = peers.Streams.SumAsync("x", Items.Endless(i => i, source), cancel.Token);
        await Wait.For(started.Task);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(call));
        await Wait.For(source.Ended.Task);
        await Wait.For(stopped.Task);
    }

    [Fact]
    public async Task The_deadline_ends_source_call_and_handler()
    {
        await using PeerPair peers = new();
        Items.Source source = new();
        Task<long> call = peers.Streams.SumAsync("x", Items.Endless(i => i, source));
        await Wait.Until(() => source.Taken > 100);
        peers.Time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(StatusCode.DeadlineExceeded, (await Wait.ForError(call)).StatusCode);
        await Wait.For(source.Ended.Task);
        await Wait.Until(() => peers.Links.Right.LiveStreams == 0);
    }

    [Fact]
    public async Task Two_streams_are_read_one_after_the_other_however_long_they_are()
    {
        await using PeerPair peers = new();
        peers.StreamService.OnJoin = async (left, right, _) =>
        {
            long first = await left.AggregateAsync(0L, (sum, bytes) => sum + bytes.Length, default);
            long second = await right.AggregateAsync(0L, (sum, bytes) => sum + bytes.Length, default);
            return $"{first} {second}";
        };
        string answer = await Wait.For(peers.Streams.JoinAsync(
            Items.From(Enumerable.Repeat(new byte[1000], 1000)),
            Items.OneByOne(Enumerable.Repeat(new byte[3000], 1000))));
        Assert.Equal("1000000 3000000", answer);
    }

    [Fact]
    public async Task Two_streams_are_read_side_by_side()
    {
        await using PeerPair peers = new();
        peers.StreamService.OnJoin = async (left, right, _) =>
        {
            int[] counts = await Task.WhenAll(left.CountAsync(default).AsTask(), right.CountAsync(default).AsTask());
            return string.Join(' ', counts);
        };
        for (int i = 0; i < 20; i++)
        {
            string answer = await Wait.For(peers.Streams.JoinAsync(
                Items.OneByOne(Enumerable.Repeat(new byte[100], 2000)),
                Items.From(Enumerable.Repeat(new byte[700], 500))));
            Assert.Equal("2000 500", answer);
        }
    }

    [Fact]
    public async Task Of_two_streams_neither_is_sent_on_when_it_is_not_read()
    {
        await using PeerPair peers = new();
        Items.Source unread = new();
        peers.StreamService.OnJoin = async (left, _, _) =>
        {
            int count = await left.CountAsync(default);
            await Wait.Until(() => unread.Taken > 60);
            return $"{count}";
        };
        string answer = await Wait.For(peers.Streams.JoinAsync(
            Items.OneByOne(Enumerable.Repeat(new byte[1000], 1000)),
            Items.Endless(_ => new byte[1000], unread)));
        Assert.Equal("1000", answer);
        Assert.InRange(unread.Taken, 60, (OutboundArguments.WindowBytes / 1000) + 3);
        await Wait.For(unread.Ended.Task);
    }

    [Fact]
    public async Task A_stream_argument_is_enumerated_once()
    {
        await using PeerPair peers = new();
        peers.StreamService.OnSum = async (values, token) =>
            await values.CountAsync(token) + await values.CountAsync(token);
        RpcException error = await Wait.ForError(peers.Streams.SumAsync("x", Items.From([1])));
        Assert.Equal(StatusCode.Unknown, error.StatusCode);
        Assert.Contains(peers.RightLog.Lines, line => line.Id == 102);
    }

    [Fact]
    public async Task A_stream_argument_that_is_still_enumerated_after_the_call_ends()
    {
        await using PeerPair peers = new();
        Channel<int> values = Channel.CreateUnbounded<int>();
        Task left = Task.CompletedTask;
        peers.StreamService.OnSum = (items, _) =>
        {
            left = items.CountAsync(default).AsTask();
            return Task.FromResult(1L);
        };
        Assert.Equal(1, await Wait.For(peers.Streams.SumAsync("x", Items.Of(values))));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(left));
        await Wait.Until(() => peers.Links.Right.LiveStreams == 0);
    }

    [Fact]
    public async Task An_item_that_cannot_be_written_ends_the_call()
    {
        await using PeerPair peers = new();
        Awkward[] moods = [new("good"), new("unwritable")];
        RpcException error = await Wait.ForError(peers.Streams.MoodsAsync(Items.From(moods)).ToListAsync().AsTask());
        Assert.Equal(
            (StatusCode.Internal, "This value cannot be written."), (error.StatusCode, error.InnerException?.Message));
        peers.StreamService.OnMoods = _ => Items.From(moods);
        error = await Wait.ForError(peers.Streams.MoodsAsync(Items.From<Awkward>([])).ToListAsync().AsTask());
        Assert.Equal((StatusCode.Internal, "An item of test.Streams/Moods cannot be written."),
            (error.StatusCode, error.Message));
    }

    [Fact]
    public async Task An_item_that_cannot_be_read_ends_the_call()
    {
        await using PeerPair peers = new();
        Awkward[] moods = [new("good"), new("unreadable")];
        peers.StreamService.OnMoods = items => Items.From<Awkward>([]).Concat(items);
        RpcException error = await Wait.ForError(peers.Streams.MoodsAsync(Items.From(moods)).ToListAsync().AsTask());
        Assert.Equal(StatusCode.Internal, error.StatusCode);
        peers.StreamService.OnMoods = _ => Items.From(moods);
        error = await Wait.ForError(peers.Streams.MoodsAsync(Items.From<Awkward>([])).ToListAsync().AsTask());
        Assert.Equal(StatusCode.Internal, error.StatusCode);
        Assert.Equal("This value cannot be read.", error.InnerException?.GetBaseException().Message);
    }

    [Fact]
    public async Task An_item_over_the_limit_is_refused_where_it_is_made_or_taken()
    {
        await using (PeerPair peers = new(left: new() { MaxMessageBytes = 1000 }))
        {
            peers.StreamService.OnJoin = async (left, _, _) => $"{await left.CountAsync(default)}";
            RpcException error = await Wait.ForError(
                peers.Streams.JoinAsync(Items.From([new byte[1000]]), Items.From<byte[]>([])));
            Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
        }

        await using (PeerPair peers = new(right: new() { MaxMessageBytes = 1000 }))
        {
            peers.StreamService.OnJoin = async (left, _, _) => $"{await left.CountAsync(default)}";
            Assert.Equal("50", await Wait.For(
                peers.Streams.JoinAsync(Items.From(Enumerable.Repeat(new byte[900], 50)), Items.From<byte[]>([]))));
            RpcException error = await Wait.ForError(
                peers.Streams.JoinAsync(Items.From([new byte[10], new byte[1000]]), Items.From<byte[]>([])));
            Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
        }
    }
}
