using KvpRpc.Calls;
using KvpRpc.Links;

namespace KvpRpc.Tests.Calls;

/// <summary>Peers that break the rules of items, reports and credit.</summary>
public sealed class HostileStreamTests
{
    public static TheoryData<string, string> BrokenItems => new()
    {
        { "an item of a stream that is not there", "82021802c0" },
        { "an item without a value", "02" },
        { "an item that is half a value", "02c404" },
        { "an item that is another value", "02c3" },
        { "a second call", "0190" },
        { "a result of the caller", "0300" },
        { "the end of a stream that is not there", "86021803" },
        { "the end of a stream with an item", "0601" },
        { "no message at all", "82ff" },
    };

    [Theory]
    [MemberData(nameof(BrokenItems))]
    public async Task A_broken_item_ends_the_call_with_Internal(string what, string bytes)
    {
        await using RawCaller raw = new();
        raw.StreamService.OnJoin = async (left, _, _) => $"{await left.CountAsync(default)}";
        await using KvpLinkStream stream = raw.Open("test.Streams/Join");
        await stream.SendAsync(new byte[] { 0x01, 0x90 }, endOfStream: false, default);
        await stream.SendAsync(Convert.FromHexString(bytes), endOfStream: false, default);
        RpcException error = await RawCaller.ReceiveErrorAsync(stream);
        Assert.Equal((StatusCode.Internal, what), (error.StatusCode, what));
    }

    [Fact]
    public async Task An_item_after_the_end_of_its_stream_ends_the_call()
    {
        await using RawCaller raw = new();
        raw.StreamService.OnJoin = async (left, _, _) => $"{await left.CountAsync(default)}";
        await using KvpLinkStream stream = raw.Open("test.Streams/Join");
        foreach (string bytes in (string[])["0190", "86021801", "82021801c40100"])
            await stream.SendAsync(Convert.FromHexString(bytes), endOfStream: false, default);
        Assert.Equal(StatusCode.Internal, (await RawCaller.ReceiveErrorAsync(stream)).StatusCode);
    }

    [Fact]
    public async Task Items_beyond_their_credit_end_the_call_and_are_not_kept()
    {
        await using RawCaller raw = new();
        raw.StreamService.OnJoin = async (left, _, _) => $"{await left.CountAsync(default)}";
        await using KvpLinkStream stream = raw.Open("test.Streams/Join");
        await stream.SendAsync(new byte[] { 0x01, 0x90 }, endOfStream: false, default);
        byte[] item = [0x82, 0x02, 0x18, 0x01, 0xC5, 0x40, 0x00, .. new byte[0x4000]];
        for (int i = 0; i < 5; i++)
            await Wait.For(stream.SendAsync(item, endOfStream: false, default).AsTask());
        Assert.Equal(StatusCode.Internal, (await RawCaller.ReceiveErrorAsync(stream)).StatusCode);
    }

    [Theory]
    [InlineData("82021801c0")]
    [InlineData("8704180a1c01")]
    [InlineData("02")]
    [InlineData("0306")]
    [InlineData("0190")]
    public async Task A_message_that_the_callee_may_not_send_ends_the_stream_of_results(string bytes)
    {
        await using PeerPair peers = new(isOpen: false);
        MemoryLinkPair links = new();
        peers.LeftSource.Open(links.Left);
        await using IAsyncEnumerator<int> items = peers.Streams.CountAsync(1).GetAsyncEnumerator();
        Task<bool> next = items.MoveNextAsync().AsTask();
        KvpLinkStream stream = (await Wait.For(links.Right.AcceptStreamAsync(default).AsTask()))!;
        await stream.SendAsync(Convert.FromHexString(bytes), endOfStream: false, default);
        Assert.Equal(StatusCode.Internal, (await Wait.ForError(next)).StatusCode);
        Assert.Equal(CallResetCode.Internal, await RawCaller.ReceiveResetAsync(stream));
    }

    [Fact]
    public async Task What_a_later_version_sends_among_the_items_is_skipped()
    {
        await using PeerPair peers = new(isOpen: false);
        MemoryLinkPair links = new();
        peers.LeftSource.Open(links.Left);
        Task<List<int>> items = peers.Streams.CountAsync(1).ToListAsync().AsTask();
        KvpLinkStream stream = (await Wait.For(links.Right.AcceptStreamAsync(default).AsTask()))!;
        foreach (string bytes in (string[])["0201", "40ffff", "04", "0202"])
            await stream.SendAsync(Convert.FromHexString(bytes), endOfStream: false, default);
        await stream.SendAsync(new byte[] { 0x05, 0x03 }, endOfStream: true, default);
        Assert.Equal([1, 2, 3], await Wait.For(items));
    }

    [Fact]
    public async Task A_stream_that_ends_without_trailers_is_an_error()
    {
        await using PeerPair peers = new(isOpen: false);
        MemoryLinkPair links = new();
        peers.LeftSource.Open(links.Left);
        Task<List<int>> items = peers.Streams.CountAsync(1).ToListAsync().AsTask();
        KvpLinkStream stream = (await Wait.For(links.Right.AcceptStreamAsync(default).AsTask()))!;
        await stream.SendAsync(new byte[] { 0x02, 0x01 }, endOfStream: false, default);
        await stream.CompleteAsync(default);
        Assert.Equal(StatusCode.Internal, (await Wait.ForError(items)).StatusCode);
    }

    [Fact]
    public async Task A_call_of_a_method_that_is_not_there_is_answered_though_its_items_go_on()
    {
        await using RawCaller raw = new();
        await using KvpLinkStream stream = raw.Open("test.Streams/Missing");
        await stream.SendAsync(new byte[] { 0x01, 0x90 }, endOfStream: false, default);
        Assert.Equal(StatusCode.Unimplemented, (await RawCaller.ReceiveErrorAsync(stream)).StatusCode);
        Assert.Equal(1, raw.Links.Right.LiveStreams);
        stream.Reset((uint)CallResetCode.None);
        await Wait.Until(() => raw.Links.Right.LiveStreams == 0);
    }
}
