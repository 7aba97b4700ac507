using KvpRpc.Protocol.Frames;
using KvpRpc.Protocol.Links;
using KvpRpc.Protocol.Streams;
using KvpRpc.Protocol.Tests.Simulation;
using KvpRpc.Protocol.Tests.Streams;
using KvpRpc.Protocol.Wire;

namespace KvpRpc.Protocol.Tests.Links;

/// <summary>What an engine keeps is bounded whatever its peer does: a table of nonsense, or a peer with the keys that
/// floods, lies about lengths, or holds back. At rest it is little (the end of every seed of the swarm).</summary>
public sealed class LinkMemoryTests
{
    private const int Streams = 8;
    private const int Window = 4096;
    private const int Budget = 64 << 10;

    [Fact]
    public void A_table_full_of_lies_leaves_nothing_behind()
    {
        using SimulatedWorld world = new(seed: 1);
        List<string> texts = [];
        world.Written = (_, text) => texts.Add(text);
        world.Start();
        world.Open();
        world.Call(world.Guest, 20_000, 20_000);
        world.RunFor(TimeSpan.FromMinutes(1));
        LinkMemory before = world.Host.Peer.Engine.Memory;
        SimulatedRandom random = new(7);

        for (int round = 0; round < 200; round++)
        {
            List<KeyValuePair<string, string>> lies = [];
            for (int i = 0; i < 1000; i++)
            {
                char[] text = texts[random.Next(texts.Count)].ToCharArray();
                if (text.Length == 0)
                    continue;
                text[random.Next(text.Length)] = (char)random.Next(0x10000);
                lies.Add(new($"kvprpc.default.{i % 160}", new(text)));
            }

            world.Host.Peer.Read(lies, world.Host.Now);
            Assert.Equal(0, world.Host.Peer.Engine.Memory.PacketBytes);
        }

        LinkMemory after = world.Host.Peer.Engine.Memory;
        Assert.InRange(after.Bytes - before.Bytes, 0, 2 * OwnItems.MaxItems * 128);
        Assert.InRange(after.Bytes, 0, 64 << 10);
    }

    [Fact]
    public void A_peer_that_opens_all_it_may_and_never_ends_a_message_is_held_to_its_windows()
    {
        StreamPair pair = Pair();
        for (ulong stream = 0; stream < Streams; stream++)
        {
            // It announces the largest message, sends as much as the window allows, and stops.
            Assert.Null(pair.Guest.Intake.Take(Opening(stream * 2, total: Budget, data: 1000)));
            Assert.Null(pair.Guest.Intake.Take(Part(stream * 2, 1000)));
        }

        Assert.InRange(pair.Guest.AssemblyBytes, 1, 2 * Streams * Window);
        Assert.NotNull(pair.Guest.Intake.Take(Opening(Streams * 2, total: Budget, data: 10)));
    }

    [Fact]
    public void A_peer_that_goes_beyond_its_credit_breaks_the_protocol_before_that_costs_memory()
    {
        StreamPair pair = Pair();
        string? broken = pair.Guest.Intake.Take(Opening(0, total: Budget, data: 1000));
        for (int i = 0; i < 100 && broken is null; i++)
            broken = pair.Guest.Intake.Take(Part(0, 1000));

        Assert.Contains("credit", broken ?? "", StringComparison.Ordinal);
        Assert.InRange(pair.Guest.AssemblyBytes, 1, 2 * Window);
    }

    [Fact]
    public void Messages_that_nobody_takes_are_held_to_their_streams_windows()
    {
        StreamPair pair = Pair();
        for (int i = 0; i < 100; i++)
        {
            EngineStream stream = pair.Host.Open("s", 0, null);
            pair.Host.Send(stream, new byte[100], endOfStream: true);
        }

        pair.CarryAll();
        Assert.Equal(Streams, pair.GuestEvents.Count(e => e.Kind == LinkEventKind.StreamOpened));

        EngineStream first = pair.GuestEvents.First(e => e.Kind == LinkEventKind.StreamOpened).Stream!;
        Assert.Equal(100 + EngineStream.MessageCost, first.DeliveredOffset);
    }

    [Fact]
    public void Empty_messages_credits_resets_and_reports_in_any_number_are_bounded()
    {
        StreamPair pair = Pair();
        Assert.Null(pair.Guest.Intake.Take(Opening(0, total: null, data: 0)));
        string? broken = null;
        int messages = 0;
        for (; broken is null && messages < 100_000; messages++)
            broken = pair.Guest.Intake.Take([(byte)FrameType.Stream | (byte)StreamFlags.EndOfMessage, 1, 0]);
        Assert.InRange(messages, 1, (Window / EngineStream.MessageCost) + 1);

        pair = Pair();
        Assert.Null(pair.Guest.Intake.Take(Opening(0, total: null, data: 0)));
        int queued = pair.Guest.Filler.QueuedCount;
        for (int i = 0; i < 10_000; i++)
        {
            Assert.Null(pair.Guest.Intake.Take([(byte)FrameType.StreamCredit, 3, 0, 0x80, 0x7F]));
            Assert.Null(pair.Guest.Intake.Take([(byte)FrameType.OpenCredit, 1, 0x7F]));
            Assert.Null(pair.Guest.Intake.Take([(byte)FrameType.Reset, 2, 0, 1]));
        }

        Assert.Equal(queued, pair.Guest.Filler.QueuedCount);
        Assert.Single(pair.GuestEvents, e => e.Kind == LinkEventKind.StreamReset);
    }

    private static StreamPair Pair() => new(options => options with
    {
        MaxStreams = Streams,
        StreamWindow = Window,
        ReceiveBudget = Budget,
        MaxMessageBytes = Budget,
    });

    private static byte[] Opening(ulong id, int? total, int data)
    {
        byte[] body = new byte[2048];
        WireWriter writer = new(body);
        writer.WriteVarInt(id);
        // A name under no number, so that each may be told again.
        writer.WriteVarInt(1);
        writer.WritePrefixed("flood"u8);
        writer.WriteByte(0);
        if (total is { } length)
            writer.WriteVarInt((ulong)length);
        writer.WriteBytes(new byte[data]);
        StreamFlags flags = StreamFlags.Open | (total is null ? StreamFlags.EndOfMessage : StreamFlags.FirstPart);
        return Frame(flags, body.AsSpan(0, writer.Written));
    }

    private static byte[] Part(ulong id, int data)
    {
        byte[] body = new byte[2048];
        WireWriter writer = new(body);
        writer.WriteVarInt(id);
        writer.WriteBytes(new byte[data]);
        return Frame(StreamFlags.None, body.AsSpan(0, writer.Written));
    }

    private static byte[] Frame(StreamFlags flags, ReadOnlySpan<byte> body)
    {
        byte[] frame = new byte[body.Length + 3];
        WireWriter writer = new(frame);
        writer.WriteByte((byte)((byte)FrameType.Stream | (byte)flags));
        writer.WritePrefixed(body);
        return frame[..writer.Written];
    }
}
