using System.Text;
using KvpRpc.Calls;
using KvpRpc.Fuzz.Tests.Targets;
using KvpRpc.Generated;
using KvpRpc.Guest.Linux;
using KvpRpc.Host.Wmi;
using KvpRpc.Protocol.Alphabets;
using KvpRpc.Protocol.Hellos;
using KvpRpc.Protocol.Links;
using KvpRpc.Protocol.Packets;
using KvpRpc.Protocol.Streams;
using KvpRpc.Protocol.Wire;

namespace KvpRpc.Fuzz.Tests;

/// <summary>Good inputs to begin with, made by the writers of the same formats.</summary>
internal static class Seeds
{
    internal static void Write(string folder)
    {
        foreach (FuzzTarget target in FuzzTarget.All)
        {
            string place = Path.Combine(folder, target.Name);
            Directory.CreateDirectory(place);
            int number = 0;
            foreach (byte[] seed in Of(target.Name))
            {
                if (!target.Check(seed))
                    throw new FindingException($"The seed {Convert.ToHexString(seed)} is not a good input.");
                File.WriteAllBytes(Path.Combine(place, $"seed-{++number}.bin"), seed);
            }
        }
    }

    private static IEnumerable<byte[]> Of(string target) => target switch
    {
        "alphabet" => Alphabets(),
        "packet" => Items(),
        "frame" => Frames(),
        "hello" => Hellos(),
        "call" => Calls(),
        "arguments" => Arguments(),
        "pool" => Pools(),
        "cim-xml" => DataItems(),
        _ => throw new ArgumentException($"No seeds for '{target}'."),
    };

    private static IEnumerable<byte[]> Alphabets()
    {
        byte[] bytes = [.. Enumerable.Range(0, 40).Select(i => (byte)(i * 37))];
        for (int i = 0; i < Alphabet.All.Count; i++)
        {
            Alphabet alphabet = Alphabet.All[i];
            char[] text = new char[alphabet.UnitsFor(bytes.Length)];
            alphabet.Encode(bytes, text);
            yield return [(byte)(i << 1), .. Encoding.Unicode.GetBytes(text)];
            yield return [(byte)((i << 1) | 1), .. bytes];
        }
    }

    private static IEnumerable<byte[]> Items()
    {
        for (byte flags = 1; flags <= 3; flags++)
        {
            byte[] bytes = new byte[100];
            WireWriter writer = new(bytes);
            ItemLayout.WriteHead(ref writer, flags, 0x01020304);
            if ((flags & ItemLayout.HasControl) != 0)
            {
                new ControlPart(300, 20, 2, 1).Write(ref writer);
                writer.WriteBytes(bytes.AsSpan(0, 16));
            }

            if ((flags & ItemLayout.HasPacket) != 0)
            {
                new PacketHeader(70_000, 69_999, PacketFlags.AckRequested).Write(ref writer);
                writer.WriteBytes(bytes.AsSpan(0, 30));
            }

            yield return bytes[..writer.Written];
        }
    }

    // What a host sends: a small message, a large one in parts, an end and a reset.
    private static IEnumerable<byte[]> Frames()
    {
        StreamSet host = new(
            new LinkOptions { Role = PeerRole.Host }, new HelloLimits(64 << 10, 1024, 3), new Queue<LinkEvent>());
        EngineStream small = host.Open("service/method", 0, null);
        host.Send(small, "hello"u8.ToArray(), endOfStream: true);
        EngineStream large = host.Open("service/method", 2, null);
        host.Send(large, new byte[900], endOfStream: false);
        List<byte> packets = [];
        byte[] packet = new byte[400];
        for (ulong number = 1; host.Filler.Fill(packet, number) is var length and > 0; number++)
            packets.AddRange([(byte)length, (byte)(length >> 8), .. packet.AsSpan(0, length)]);
        yield return [.. packets];

        host.Reset(large, 7);
        int rest = host.Filler.Fill(packet, 100);
        yield return [.. packets, (byte)rest, (byte)(rest >> 8), .. packet.AsSpan(0, rest)];

        // A credit for the guest's own stream, room for another stream, a report on an alphabet, a close.
        byte[] others = [0x03, 3, 1, 0x80, 0x10, 0x04, 1, 9, 0x06, 3, 1, 2, 3, 0x05, 3, 1, (byte)'x', (byte)'y'];
        yield return [(byte)others.Length, 0, .. others];
    }

    private static IEnumerable<byte[]> Hellos()
    {
        Hello beacon = new()
        {
            MinVersion = 1,
            MaxVersion = 1,
            Role = PeerRole.Guest,
            AttemptId = new UInt128(1, 2),
            PublicKey = new byte[32],
            Limits = new HelloLimits(4 << 20, 64 << 10, 256),
        };
        yield return HelloCodec.Write(beacon);
        yield return HelloCodec.Write(beacon with
        {
            Role = PeerRole.Host,
            VmId = new Guid(1, 2, 3, new byte[8]),
            Alphabets = 7,
            UsesPreSharedKey = true,
            LastAccepted = new LastAccepted(9, 1000),
            Implementation = "KvpRpc/0.1",
        });
        yield return HelloCodec.Write(beacon with { AnsweredId = 5, Alphabets = 3 });
    }

    private static IEnumerable<byte[]> Calls()
    {
        byte[] metadata =
            [.. MetadataReader.Encode("tenant"u8, "a"u8), .. MetadataReader.Encode("key-bin"u8, [1, 2, 3])];
        PooledBuffer call = new();
        new CallHeader
        {
            DeadlineMilliseconds = 30_000,
            PreviousAttempts = 1,
            IdempotencyId = "0123456789abcdef"u8,
            TraceParent = new byte[CallHeader.TraceParentBytes],
            TraceState = "vendor=1"u8,
            Metadata = metadata,
            FirstAttempt = new(0x10111213, 300),
        }.Write(call);
        yield return [.. call.WrittenMemory.Span, 0x91, 0xa1, 0x61];

        PooledBuffer trailers = new();
        new ResponseHeader
        {
            Metadata = metadata,
            Status = 14,
            StatusMessage = "later"u8,
            StatusDetails = [0x91, 0x01],
            IsNotRun = true,
            RetryAfterMilliseconds = 100,
        }.Write(trailers, CallMessageKind.Trailers);
        yield return trailers.WrittenMemory.ToArray();

        PooledBuffer item = new();
        new ResponseHeader { Argument = 1 }.Write(item, CallMessageKind.Item);
        yield return [.. item.WrittenMemory.Span, 0x01];
        yield return [(byte)CallMessageKind.Result, 0xc0];

        PooledBuffer compressed = new();
        new ResponseHeader { Compression = MessageCompression.Brotli }.Write(compressed, CallMessageKind.Result);
        byte[] array = [0xdc, 0x02, 0x00, .. Enumerable.Range(0, 512).Select(i => (byte)(i % 100))];
        array.CopyTo(compressed.GetSpan(array.Length));
        compressed.Advance(array.Length);
        MessageCompression.TryCompress(compressed);
        yield return compressed.WrittenMemory.ToArray();
    }

    private static IEnumerable<byte[]> Pools()
    {
        yield return [.. Record("kvprpc.default.0", "bAAAA"), .. Record("other", "grün")];
        yield return [.. Record("kvprpc.default.~1", ""), .. Record("a", "1"), .. Record("a", "2"), (byte)'k'];
    }

    // As PoolTarget expands it: runs of NUL in four bytes.
    private static byte[] Record(string key, string value)
    {
        byte[] keyBytes = Encoding.UTF8.GetBytes(key), valueBytes = Encoding.UTF8.GetBytes(value);
        return
        [
            .. keyBytes, .. Nuls(PoolRecord.KeySize - keyBytes.Length),
            .. valueBytes, .. Nuls(PoolRecord.ValueSize - valueBytes.Length),
        ];
    }

    private static byte[] Nuls(int count) => [0xF5, (byte)count, (byte)(count >> 8), 0];

    private static IEnumerable<byte[]> Arguments()
    {
        Recorder recorder = new();
        IFuzzedContract client = RpcContracts.Get<IFuzzedContract>().CreateClient(recorder);
        _ = client.DrawAsync(
            null, null, null, null, null, 0, default, default, null, default, null, CancellationToken.None);
        yield return recorder.Request;

        Shape group = new Group([new Circle(1, Colour.Blue), null, new Group([], null)], "title");
        _ = client.DrawAsync(
            "text",
            [1, 2, 3],
            new() { ["k"] = [1, null, long.MinValue] },
            group,
            [new Guid(1, 2, 3, new byte[8])],
            -1.50m,
            new DateTimeOffset(2026, 11, 22, 1, 2, 3, TimeSpan.FromHours(2)),
            TimeSpan.FromSeconds(3),
            new Uri("http://x"),
            (5, true),
            [0.5, double.NaN],
            CancellationToken.None);
        yield return recorder.Request;
    }

    private static IEnumerable<byte[]> DataItems()
    {
        yield return Encoding.UTF8.GetBytes(DataItemXml.Write(new DataItem("key", "a<b>&\r\n\tü😀", null)));
        yield return Encoding.UTF8.GetBytes(DataItemXml.Write(new DataItem("k", "", DataItemSource.HostOnly)));
        yield return Encoding.UTF8.GetBytes(
            "<?xml version=\"1.0\"?><!-- c --><INSTANCE CLASSNAME=\"Msvm_KvpExchangeDataItem\"><PROPERTY "
            + "NAME=\"Caption\" TYPE=\"string\"></PROPERTY><PROPERTY NAME=\"Name\" TYPE=\"string\"><VALUE><![CDATA[n]]>"
            + "&#65;</VALUE></PROPERTY><PROPERTY.ARRAY NAME=\"X\"/></INSTANCE>");
    }

    private sealed class Recorder : RpcInvoker
    {
        internal byte[] Request { get; private set; } = [];

        public override Task<TResponse> InvokeUnaryAsync<TRequest, TResponse>(
            RpcMethod<TRequest, TResponse> method, TRequest request, CancellationToken cancellationToken)
        {
            PooledBuffer buffer = new();
            Payload.Write(buffer, method.Request, in request);
            Request = buffer.WrittenMemory.ToArray();
            buffer.Release();
            return new TaskCompletionSource<TResponse>().Task;
        }

        public override Task InvokeOneWayAsync<TRequest>(
            RpcMethod<TRequest, RpcUnit> method, TRequest request, CancellationToken cancellationToken) =>
            throw Unused();

        public override IAsyncEnumerable<TItem> InvokeServerStream<TRequest, TItem>(
            RpcMethod<TRequest, TItem> method, TRequest request, CancellationToken cancellationToken) =>
            throw Unused();

        public override Task<TResponse> InvokeClientStreamAsync<TRequest, TResponse>(
            RpcMethod<TRequest, TResponse> method,
            TRequest request,
            RpcStreamArgument[] arguments,
            CancellationToken cancellationToken) =>
            throw Unused();

        public override IAsyncEnumerable<TItem> InvokeDuplex<TRequest, TItem>(
            RpcMethod<TRequest, TItem> method,
            TRequest request,
            RpcStreamArgument[] arguments,
            CancellationToken cancellationToken) =>
            throw Unused();

        private static InvalidOperationException Unused() => new("The contract has one method, with one response.");
    }
}
