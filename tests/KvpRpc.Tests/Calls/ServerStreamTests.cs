using System.Threading.Channels;
using KvpRpc.Calls;
using KvpRpc.Links;

namespace KvpRpc.Tests.Calls;

/// <summary>Calls whose result is a stream.</summary>
public sealed class ServerStreamTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100_000)]
    public async Task All_items_come_in_order_and_then_the_end(int count)
    {
        await using PeerPair peers = new();
        List<int> items = await Wait.For(peers.Streams.CountAsync(count).ToListAsync().AsTask());
        Assert.Equal(Enumerable.Range(0, count), items);
        await Wait.Until(() => peers.Links.Left.LiveStreams == 0 && peers.Links.Right.LiveStreams == 0);
    }

    [Fact]
    public async Task Items_that_come_one_by_one_come_in_order_too()
    {
        await using PeerPair peers = new();
        peers.StreamService.OnCount = (count, _) => Items.OneByOne(Enumerable.Range(0, count));
        Assert.Equal(
            Enumerable.Range(0, 1000), await Wait.For(peers.Streams.CountAsync(1000).ToListAsync().AsTask()));
    }

    [Fact]
    public async Task Items_that_are_there_at_once_are_one_message_with_the_end()
    {
        await using PeerPair peers = new(isOpen: false);
        MemoryLinkPair links = new();
        peers.RightSource.Open(links.Right);
        await using KvpLinkStream stream = links.Left.OpenStream("test.Streams/Count", KvpStreamPriority.Normal);
        await stream.SendAsync(new byte[] { 0x01, 0x91, 0x03 }, endOfStream: true, default);
        using KvpLinkMessage message = await Wait.For(stream.ReceiveAsync(default).AsTask());
        Assert.True(message.IsEndOfStream);
        Assert.Equal([0x05, 0x00, 0x01, 0x02], message.Data.ToArray());
    }

    [Fact]
    public async Task An_item_crosses_while_the_handler_waits_for_the_next()
    {
        await using PeerPair peers = new();
        Channel<int> items = Channel.CreateUnbounded<int>();
        peers.StreamService.OnCount = (_, token) => Items.Of(items, token);
        await using IAsyncEnumerator<int> received = peers.Streams.CountAsync(0).GetAsyncEnumerator();
        for (int i = 0; i < 3; i++)
        {
            ValueTask<bool> next = received.MoveNextAsync();
            items.Writer.TryWrite(i);
            Assert.True(await Wait.For(next.AsTask()));
            Assert.Equal(i, received.Current);
        }

        items.Writer.Complete();
        Assert.False(await Wait.For(received.MoveNextAsync().AsTask()));
    }

    [Fact]
    public async Task An_item_crosses_while_the_handler_blocks_before_the_next()
    {
        await using PeerPair peers = new();
        using SemaphoreSlim next = new(0);
        TaskCompletionSource blocks = new(TaskCreationOptions.RunContinuationsAsynchronously);
        peers.StreamService.OnCount = (count, _) => Items.From(Enumerable.Range(0, count).Select(i =>
        {
            if (i == 1)
            {
                blocks.SetResult();
                next.Wait(TestContext.Current.CancellationToken);
            }

            return i;
        }));
        await using IAsyncEnumerator<int> received = peers.Streams.CountAsync(2).GetAsyncEnumerator();
        Task<bool> first = received.MoveNextAsync().AsTask();
        await Wait.For(blocks.Task);
        Assert.False(first.IsCompleted);
        peers.Time.Advance(ItemSender.Linger);
        Assert.True(await Wait.For(first));
        next.Release();
        Assert.True(await Wait.For(received.MoveNextAsync().AsTask()));
        Assert.False(await Wait.For(received.MoveNextAsync().AsTask()));
    }

    [Fact]
    public async Task Each_enumeration_is_a_call_of_its_own()
    {
        await using PeerPair peers = new();
        IAsyncEnumerable<int> items = peers.Streams.CountAsync(2);
        Assert.Equal(0, peers.Links.Left.OpenedStreams);
        Assert.Equal(2, await Wait.For(items.CountAsync().AsTask()));
        Assert.Equal(2, await Wait.For(items.CountAsync().AsTask()));
        Assert.Equal(2, peers.Links.Left.OpenedStreams);
    }

    [Fact]
    public async Task Leaving_the_enumeration_cancels_the_handler()
    {
        await using PeerPair peers = new();
        Items.Source source = new();
        peers.StreamService.OnCount = (_, token) => Items.Endless(i => i, source, token);
        await foreach (int item in peers.Streams.CountAsync(0))
        {
            if (item == 10)
                break;
        }

        await Wait.For(source.Ended.Task);
        await Wait.Until(() => peers.Links.Left.LiveStreams == 0 && peers.Links.Right.LiveStreams == 0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_tokens_of_method_and_enumeration_both_cancel(bool isOfMethod)
    {
        await using PeerPair peers = new();
        Items.Source source = new();
        peers.StreamService.OnCount = (_, token) => Items.Endless(i => i, source, token);
        using CancellationTokenSource cancel = new();
        using CancellationTokenSource other = new();
        await using IAsyncEnumerator<int> items = isOfMethod
            ? peers.Streams.CountAsync(0, cancel.Token).GetAsyncEnumerator(other.Token)
            : peers.Streams.CountAsync(0, other.Token).GetAsyncEnumerator(cancel.Token);
        Assert.True(await Wait.For(items.MoveNextAsync().AsTask()));
        await cancel.CancelAsync();

        // At once, though nobody asks for an item.
        await Wait.For(source.Ended.Task);
        OperationCanceledException error =
            await Assert.ThrowsAsync<OperationCanceledException>(() => Wait.For(items.MoveNextAsync().AsTask()));
        Assert.Equal(cancel.Token, error.CancellationToken);
    }

    [Fact]
    public async Task A_stream_cancelled_before_it_starts_opens_none()
    {
        await using PeerPair peers = new();
        IAsyncEnumerable<int> items = peers.Streams.CountAsync(1, new CancellationToken(canceled: true));
        await Assert.ThrowsAsync<OperationCanceledException>(() => Wait.For(items.ToListAsync().AsTask()));
        Assert.Equal(0, peers.Links.Left.OpenedStreams);
    }

    [Fact]
    public async Task The_deadline_is_for_the_whole_stream()
    {
        await using PeerPair peers = new();
        Items.Source source = new();
        peers.StreamService.OnCount = (_, token) => Items.Endless(i => i, source, token);
        await using IAsyncEnumerator<int> items = peers.Streams.CountAsync(0).GetAsyncEnumerator();
        Assert.True(await Wait.For(items.MoveNextAsync().AsTask()));
        peers.Time.Advance(TimeSpan.FromSeconds(30));
        await Wait.For(source.Ended.Task);
        RpcException error = await Wait.ForError(items.MoveNextAsync().AsTask());
        Assert.Equal(StatusCode.DeadlineExceeded, error.StatusCode);
        Assert.False(await items.MoveNextAsync());
    }

    [Fact]
    public async Task Items_before_an_error_are_delivered_before_it()
    {
        await using PeerPair peers = new();
        peers.StreamService.OnCount = (count, _) =>
            Items.Broken(Enumerable.Range(0, count), new RpcException(StatusCode.NotFound, "no more"));
        List<int> received = [];
        RpcException error = await Wait.ForError(Collect(peers.Streams.CountAsync(3), received));
        Assert.Equal((StatusCode.NotFound, "no more"), (error.StatusCode, error.Message));
        Assert.Equal([0, 1, 2], received);
    }

    [Fact]
    public async Task A_handler_that_throws_at_once_or_gives_null_fails_the_call()
    {
        await using PeerPair peers = new();
        peers.StreamService.OnCount = (_, _) => throw new IOException("secret");
        RpcException error = await Wait.ForError(peers.Streams.CountAsync(1).ToListAsync().AsTask());
        Assert.Equal((StatusCode.Unknown, "The method failed."), (error.StatusCode, error.Message));
        peers.StreamService.OnCount = (_, _) => null!;
        error = await Wait.ForError(peers.Streams.CountAsync(1).ToListAsync().AsTask());
        Assert.Equal(StatusCode.Unknown, error.StatusCode);
    }

    [Fact]
    public async Task A_caller_that_does_not_read_holds_the_handler_back()
    {
        await using PeerPair peers = new();
        Items.Source source = new();
        peers.StreamService.OnBlobs = (_, _, token) => Items.Endless(_ => new byte[1000], source, token);
        await using IAsyncEnumerator<byte[]> items = peers.Streams.BlobsAsync(0, null).GetAsyncEnumerator();
        Assert.True(await Wait.For(items.MoveNextAsync().AsTask()));

        // The window of 64 KiB, the message that passed it, one on its way, one being filled, and the last item.
        const int most = ((64 + (3 * 16)) * 1024 / 1000) + 2;
        await Wait.Until(() => source.Taken > 60);
        int before = await SettledAsync(source);
        Assert.InRange(before, 60, most);
        for (int i = 0; i < 100; i++)
            Assert.True(await Wait.For(items.MoveNextAsync().AsTask()));
        await Wait.Until(() => source.Taken > before);
        Assert.InRange(await SettledAsync(source), before + 1, most + 100);
    }

    [Fact]
    public async Task The_limit_of_bytes_is_for_each_item()
    {
        RpcPeerOptions options = new() { MaxMessageBytes = 1000 };
        await using PeerPair peers = new(left: options, right: options);
        peers.StreamService.OnBlobs = (count, _, _) => Items.From(Enumerable.Repeat(new byte[900], count));
        Assert.Equal(100, await Wait.For(peers.Streams.BlobsAsync(100, null).CountAsync().AsTask()));
        peers.StreamService.OnBlobs = (_, _, _) => Items.From([new byte[10], new byte[1000]]);
        List<byte[]> received = [];
        RpcException error = await Wait.ForError(Collect(peers.Streams.BlobsAsync(0, null), received));
        Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
        Assert.Equal("An item of test.Streams/Blobs is over the limit of 1000 bytes.", error.Message);
        Assert.Single(received);
    }

    [Fact]
    public async Task An_item_over_the_limit_of_the_caller_ends_the_call_there()
    {
        await using PeerPair peers = new(left: new() { MaxMessageBytes = 1000 });
        peers.StreamService.OnBlobs = (_, _, _) => Items.From([new byte[10], new byte[1000], new byte[10]]);
        List<byte[]> received = [];
        RpcException error = await Wait.ForError(Collect(peers.Streams.BlobsAsync(0, null), received));
        Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
        Assert.Single(received);
        peers.StreamService.OnBlobs = (_, _, _) => Items.From([new byte[1 << 20]]);
        error = await Wait.ForError(Collect(peers.Streams.BlobsAsync(0, null), received));
        Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
    }

    [Fact]
    public async Task Losing_the_link_ends_the_stream_on_both_sides()
    {
        await using PeerPair peers = new();
        Items.Source source = new();
        peers.StreamService.OnCount = (_, token) => Items.Endless(i => i, source, token);
        await using IAsyncEnumerator<int> items = peers.Streams.CountAsync(0).GetAsyncEnumerator();
        Assert.True(await Wait.For(items.MoveNextAsync().AsTask()));
        peers.Kill();
        await Wait.For(source.Ended.Task);
        RpcException error = await Wait.ForError(Collect(items));
        Assert.Equal((StatusCode.Unavailable, false), (error.StatusCode, error.CertainlyNotRun));
    }

    private static async Task Collect<T>(IAsyncEnumerable<T> items, List<T> received)
    {
        await foreach (T item in items)
            received.Add(item);
    }

    private static async Task Collect(IAsyncEnumerator<int> items)
    {
        while (await items.MoveNextAsync())
        {
        }
    }

    /// <summary>Gets how many items were taken when for a while no more are.</summary>
    private static async Task<int> SettledAsync(Items.Source source)
    {
        int taken = -1;
        for (int same = 0; same < 200; same = taken == source.Taken ? same + 1 : 0)
        {
            taken = source.Taken;
            await Task.Yield();
        }

        return taken;
    }
}
