using System.IO.Compression;
using KvpRpc.Calls;
using KvpRpc.Links;
using KvpRpc.Resilience;

namespace KvpRpc.Tests.Calls;

public sealed class CompressionTests
{
    private static readonly RpcPeerOptions Compressing =
        new() { Compression = RpcCompression.Brotli, Resilience = RpcResilienceOptions.None };

    private static readonly RpcCallOptions Compressed = new() { Compression = RpcCompression.Brotli };

    private static readonly string Text = string.Concat(Enumerable.Range(0, 200).Select(i => $"line {i}; "));

    [Fact]
    public async Task Nothing_is_compressed_and_no_byte_is_added_unless_both_sides_want_it()
    {
        foreach ((RpcPeerOptions right, RpcCallOptions call) in new (RpcPeerOptions, RpcCallOptions)[]
        {
            (new(), new()), (Compressing, new()), (new(), Compressed),
        })
        {
            await using PeerPair peers = new(right: right);
            bool? wasCompressed = null;
            peers.Service.OnRun = (text, _) => Task.FromResult(Note(text, ref wasCompressed));
            RpcResponse response = new();
            IProbe client = RpcClients.With(peers.Client, call with { Response = response });
            for (int i = 0; i < 3; i++)
            {
                Assert.Equal(Text, await Wait.For(client.RunAsync(Text)));
                Assert.False(wasCompressed);
                Assert.False(response.WasCompressed);
            }
        }
    }

    [Fact]
    public async Task The_callee_says_what_it_takes_only_to_a_caller_that_can_compress()
    {
        await using RawCaller raw = new(Compressing);
        Assert.Equal("03a161", await CallAsync(raw, "0191a161"));
        Assert.Equal("83022201a161", await CallAsync(raw, "8102220191a161"));
        Assert.Equal("03a161", await CallAsync(raw, "8102220291a161"));
        await using RawCaller plain = new();
        Assert.Equal("03a161", await CallAsync(plain, "8102220191a161"));
    }

    [Fact]
    public async Task Answers_are_compressed_at_once_and_arguments_after_the_first_answer_of_a_link()
    {
        await using PeerPair peers = new(right: Compressing);
        bool? wasCompressed = null;
        peers.Service.OnRun = (text, _) => Task.FromResult(Note(text, ref wasCompressed));
        RpcResponse response = new();
        IProbe client = RpcClients.With(peers.Client, Compressed with { Response = response });
        foreach (bool isKnown in (bool[])[false, true, true])
        {
            Assert.Equal(Text, await Wait.For(client.RunAsync(Text)));
            Assert.Equal(isKnown, wasCompressed);
            Assert.True(response.WasCompressed);
        }

        peers.Kill();
        peers.Open(new MemoryLinkPair());
        foreach (bool isKnown in (bool[])[false, true])
        {
            Assert.Equal(Text, await Wait.For(client.RunAsync(Text)));
            Assert.Equal(isKnown, wasCompressed);
        }
    }

    [Fact]
    public async Task What_is_short_or_does_not_shrink_crosses_as_it_is()
    {
        byte[] random = new byte[5000];
        new Random(3).NextBytes(random);
        await using PeerPair peers = new(right: Compressing);
        bool? wasCompressed = null;
        peers.Service.OnBlob = data => Note(data, ref wasCompressed);
        RpcResponse response = new();
        IProbe client = RpcClients.With(peers.Client, Compressed with { Response = response });
        await Wait.For(client.AddAsync(1, 2));
        (byte[], bool)[] cases = [(random, false), (new byte[200], false), (new byte[300], true)];
        foreach ((byte[] data, bool expected) in cases)
        {
            Assert.Equal(data, await Wait.For(client.BlobAsync(data)));
            Assert.Equal(expected, wasCompressed);
            Assert.Equal(expected, response.WasCompressed);
        }
    }

    [Fact]
    public async Task A_handler_chooses_for_its_result()
    {
        await using PeerPair peers = new(right: Compressing);
        RpcCompression choice = RpcCompression.None;
        RpcCompression? before = null;
        peers.Service.OnRun = (text, _) =>
        {
            before = RpcContext.Current!.ResponseCompression;
            RpcContext.Current.ResponseCompression = choice;
            return Task.FromResult(text);
        };
        RpcResponse response = new();
        IProbe client = RpcClients.With(peers.Client, Compressed with { Response = response });
        Assert.Equal(Text, await Wait.For(client.RunAsync(Text)));
        Assert.Equal(RpcCompression.Brotli, before);
        Assert.False(response.WasCompressed);
        choice = RpcCompression.Brotli;
        Assert.Equal(Text, await Wait.For(client.RunAsync(Text)));
        Assert.True(response.WasCompressed);
        choice = (RpcCompression)7;
        Assert.Equal(StatusCode.Unknown, (await Wait.ForError(client.RunAsync(Text))).StatusCode);
    }

    [Fact]
    public async Task Items_reports_and_the_last_items_are_compressed_both_ways_and_come_whole_and_in_order()
    {
        await using PeerPair peers = new(right: Compressing);
        IStreams client = RpcClients.With(peers.Streams, Compressed);
        List<bool> came = [];
        peers.StreamService.OnChat = (lines, _) => lines.Select(line =>
        {
            lock (came)
                came.Add(RpcContext.CurrentCall!.WasCompressed);
            return line.ToUpperInvariant();
        });
        peers.StreamService.OnBlobs = (count, progress, _) => Items.From(Enumerable.Range(0, count).Select(i =>
        {
            progress?.Report(Text + i);
            return new byte[2000 + i];
        }));
        List<string> lines = [.. Enumerable.Range(0, 50).Select(i => $"{Text}{i}")];
        for (int i = 0; i < 2; i++)
        {
            came.Clear();
            List<string> shouted = await Wait.For(client.ChatAsync(Items.From(lines)).ToListAsync().AsTask());
            Assert.Equal(lines.Select(line => line.ToUpperInvariant()), shouted);
            Assert.Equal(i == 1, came.All(one => one));
        }

        List<string> reports = [];
        List<byte[]> blobs = await Wait.For(
            client.BlobsAsync(40, new SynchronousProgress(reports)).ToListAsync().AsTask());
        Assert.Equal(Enumerable.Range(2000, 40), blobs.Select(blob => blob.Length));
        Assert.Equal(Enumerable.Range(0, 40).Select(i => $"{Text}{i}"), reports);
    }

    [Fact]
    public async Task Several_streams_are_held_to_their_credit_by_what_they_expand_to()
    {
        await using PeerPair peers = new(right: Compressing);
        IStreams client = RpcClients.With(peers.Streams, Compressed);
        await Wait.For(client.WorkAsync(null));
        peers.StreamService.OnJoin = async (left, right, token) =>
        {
            // All of the second first: what comes of the first meanwhile is kept.
            List<byte[]> second = await right.ToListAsync(token);
            List<byte[]> first = await left.ToListAsync(token);
            return $"{first.Sum(item => item.Length)} {second.Sum(item => item.Length)}";
        };
        Task<string> joined = client.JoinAsync(
            Items.From(Enumerable.Repeat(new byte[10_000], 100)), Items.From(Enumerable.Repeat(new byte[999], 1000)));
        Assert.Equal("1000000 999000", await Wait.For(joined));
    }

    [Fact]
    public async Task A_bomb_ends_the_call_and_expands_no_further_than_the_limit()
    {
        byte[] bomb = Compress(new byte[64 << 20]);
        Assert.InRange(bomb.Length, 1, 1000);
        await using RawCaller raw = new(Compressing with { MaxMessageBytes = 20_000 });
        RpcException error = await raw.CallForErrorAsync("test.Probe/Run", [0x09, .. bomb]);
        Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
        Assert.True(error.CertainlyNotRun);
        Assert.Equal("The arguments are over the limit of 20000 bytes.", error.Message);

        raw.StreamService.OnSum = async (values, token) => await values.CountAsync(token);
        await using KvpLinkStream stream = raw.Open("test.Streams/Sum");
        await stream.SendAsync((byte[])[0x01, 0x91, 0xA1, 0x61], endOfStream: false, default);
        await stream.SendAsync((byte[])[0x0A, .. bomb], endOfStream: true, default);
        Assert.Equal(StatusCode.ResourceExhausted, (await RawCaller.ReceiveErrorAsync(stream)).StatusCode);

        long before = GC.GetAllocatedBytesForCurrentThread();
        KvpLinkMessage message = new(
            (byte[])[0x09, .. bomb], HasContent: true, IsEndOfStream: true, Owner: null);
        Assert.Equal(
            System.Buffers.OperationStatus.DestinationTooSmall,
            MessageCompression.TryExpand(message, 1, 20_000, out _));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public async Task A_message_of_exactly_the_limit_is_taken_and_one_more_byte_is_not()
    {
        await using RawCaller raw = new(Compressing with { MaxMessageBytes = 1000 });
        // A byte of kind, one of the array, five of the text's head, the text.
        foreach ((int length, bool isTaken) in new[] { (993, true), (994, false) })
        {
            byte[] payload = [0x91, 0xDB, 0, 0, (byte)(length >> 8), (byte)length, .. new byte[length]];
            byte[] message = [0x09, .. Compress(payload)];
            raw.Service.OnRun = (_, _) => Task.FromResult("ran");
            string answer = await CallAsync(raw, Convert.ToHexString(message));
            Assert.Equal(isTaken, answer.StartsWith("03", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_payload_that_is_no_whole_compressed_one_breaks_the_call_and_does_not_run()
    {
        byte[] good = Compress([0x91, 0xA1, .. "a"u8]);
        byte[][] payloads =
        [
            [], [0x91, 0xA1, 0x61], [.. good, 0], [.. good, .. good], [0xFF, 0xFF, 0xFF, 0xFF], Compress([]),
            Compress([0x91, 0xA1, 0x61, 0xC0]), Compress([0x91]),
            .. Enumerable.Range(0, good.Length).Select(length => good[..length]),
        ];
        await using RawCaller raw = new(Compressing);
        Assert.Equal("03a161", await CallAsync(raw, "09" + Convert.ToHexString(good)));
        foreach (byte[] payload in payloads)
        {
            RpcException error = await raw.CallForErrorAsync("test.Probe/Run", [0x09, .. payload]);
            Assert.Equal(StatusCode.Internal, error.StatusCode);
            Assert.True(error.CertainlyNotRun);
            Assert.Equal("The arguments of test.Probe/Run cannot be read.", error.Message);
        }
    }

    [Fact]
    public async Task A_side_that_takes_none_compressed_answers_as_one_that_does_not_know_them()
    {
        byte[] call = [0x09, .. Compress([0x91, 0xA1, .. "a"u8])];
        await using RawCaller raw = new();
        RpcException error = await raw.CallForErrorAsync("test.Probe/Run", call);
        Assert.Equal((StatusCode.Internal, "The call cannot be read."), (error.StatusCode, error.Message));
        Assert.True(error.CertainlyNotRun);

        await using KvpLinkStream stream = raw.Open("test.Streams/Sum");
        await stream.SendAsync((byte[])[0x01, 0x91, 0xA1, 0x61], endOfStream: false, default);
        await stream.SendAsync((byte[])[0x0A, .. Compress([1])], endOfStream: true, default);
        Assert.Equal(StatusCode.Internal, (await RawCaller.ReceiveErrorAsync(stream)).StatusCode);
    }

    [Fact]
    public async Task Who_may_not_call_makes_the_callee_expand_nothing()
    {
        await using RawCaller raw = new(Compressing, RpcAccess.Nobody);
        RpcException error = await raw.CallForErrorAsync("test.Probe/Run", [0x09, 0xFF]);
        Assert.Equal(StatusCode.PermissionDenied, error.StatusCode);
    }

    [Theory]
    [InlineData("0b", true)]
    [InlineData("0bff", true)]
    [InlineData("0b2a", true)]
    [InlineData("0a", true)]
    [InlineData("0d", true)]
    [InlineData("0c", true)]
    [InlineData("0e", true)]
    [InlineData("good", false)]
    [InlineData("goodFF", true)]
    public async Task An_answer_that_must_not_be_compressed_or_is_not_though_it_says_so_is_internal(
        string bytes, bool mayCompress)
    {
        bytes = bytes.Replace("good", "0b" + Convert.ToHexString(Compress([0xA1, .. "a"u8])), StringComparison.Ordinal);
        MemoryLinkPair links = new();
        await using RpcPeer peer = Start(links);
        IProbe client = peer.CreateClient<IProbe>(
            new() { Compression = mayCompress ? RpcCompression.Brotli : RpcCompression.None });
        Task<string> call = client.RunAsync("a");
        await AnswerAsync(links, Convert.FromHexString(bytes));
        RpcException error = await Wait.ForError(call);
        Assert.Equal(StatusCode.Internal, error.StatusCode);
    }

    [Fact]
    public async Task An_answer_that_expands_past_the_callers_limit_ends_the_call()
    {
        MemoryLinkPair links = new();
        await using RpcPeer peer = Start(links);
        Task<string> call = peer.CreateClient<IProbe>(new() { Compression = RpcCompression.Brotli }).RunAsync("a");
        await AnswerAsync(links, [0x0B, .. Compress(new byte[16 << 20])]);
        Assert.Equal(StatusCode.ResourceExhausted, (await Wait.ForError(call)).StatusCode);
    }

    [Fact]
    public async Task An_answer_that_is_kept_compressed_is_given_plain_to_an_attempt_that_does_not_take_it_so()
    {
        await using PeerPair peers = new(right: Compressing);
        int runs = 0;
        peers.Service.OnRun = (text, _) =>
        {
            runs++;
            return Task.FromResult(text);
        };
        RpcResponse response = new();
        RpcCallOptions named = new() { IdempotencyId = new byte[] { 7 }, Response = response };
        foreach (bool mayCompress in (bool[])[true, false, true])
        {
            RpcCompression way = mayCompress ? RpcCompression.Brotli : RpcCompression.None;
            IProbe client = RpcClients.With(peers.Client, named with { Compression = way });
            Assert.Equal(Text, await Wait.For(client.RunAsync(Text)));
            Assert.Equal(mayCompress, response.WasCompressed);
        }

        Assert.Equal(1, runs);
    }

    [Fact]
    public void A_way_of_compression_that_there_is_not_is_refused_at_once()
    {
        Assert.Throws<ArgumentOutOfRangeException>(
            () => new RpcPeer(new MemoryLinkSource(), new() { Compression = (RpcCompression)9 }));
    }

    private static RpcPeer Start(MemoryLinkPair links)
    {
        MemoryLinkSource source = new();
        source.Open(links.Left);
        return new RpcPeer(source, new() { Resilience = RpcResilienceOptions.None });
    }

    private static async Task AnswerAsync(MemoryLinkPair links, byte[] answer)
    {
        KvpLinkStream? stream = await Wait.For(links.Right.AcceptStreamAsync(default).AsTask());
        (await Wait.For(stream!.ReceiveAsync(default).AsTask())).Dispose();
        await stream.SendAsync(answer, endOfStream: true, default);
    }

    private static async Task<string> CallAsync(RawCaller raw, string message)
    {
        await using KvpLinkStream stream = raw.Open();
        await stream.SendAsync(Convert.FromHexString(message), endOfStream: true, default);
        using KvpLinkMessage answer = await Wait.For(stream.ReceiveAsync(default).AsTask());
        return Convert.ToHexStringLower(answer.Data.Span);
    }

    private static T Note<T>(T value, ref bool? wasCompressed)
    {
        wasCompressed = RpcContext.CurrentCall!.WasCompressed;
        return value;
    }

    private static byte[] Compress(byte[] payload)
    {
        byte[] compressed = new byte[BrotliEncoder.GetMaxCompressedLength(payload.Length)];
        Assert.True(BrotliEncoder.TryCompress(payload, compressed, out int length));
        return compressed[..length];
    }

    private sealed class SynchronousProgress(List<string> reports) : IProgress<string>
    {
        public void Report(string value) => reports.Add(value);
    }
}
