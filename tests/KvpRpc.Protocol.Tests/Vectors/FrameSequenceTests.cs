using System.Buffers;
using System.Text.Json;
using KvpRpc.Protocol.Hellos;
using KvpRpc.Protocol.Links;
using KvpRpc.Protocol.Streams;
using KvpRpc.Protocol.Wire;

namespace KvpRpc.Protocol.Tests.Vectors;

/// <summary>What a receiver makes of packets, against <c>protocol/vectors/frames.json</c>.</summary>
public sealed class FrameSequenceTests
{
    private const string File = "frames.json";

    public static TheoryData<string> Sequences => VectorFile.Names(File, "sequences");

    [Theory]
    [MemberData(nameof(Sequences))]
    public void A_receiver_makes_of_packets_what_the_vector_says(string name)
    {
        JsonElement vector = VectorFile.Read(File, "sequences")[name];
        StreamSet streams = Receiver(vector);
        int? breaks = null;
        byte[][] packets = Packets(vector);
        for (int i = 0; i < packets.Length && breaks is null; i++)
            breaks = streams.Intake.Take(packets[i]) is null ? null : i;

        Assert.Equal(vector.Has("breaks") ? (int)vector.Number("breaks") : null, breaks);
        Assert.Equal(
            vector.GetProperty("events").EnumerateArray().Select(Describe), Events(streams));
    }

    [Theory]
    [MemberData(nameof(Sequences))]
    public void A_packet_cut_anywhere_is_a_shorter_one_only_between_frames(string name)
    {
        JsonElement vector = VectorFile.Read(File, "sequences")[name];
        byte[][] packets = Packets(vector);
        byte[] last = packets[^1];
        HashSet<int> ends = FrameEnds(last);
        for (int length = 0; length < last.Length; length++)
        {
            StreamSet streams = Receiver(vector);
            foreach (byte[] packet in packets[..^1])
                Assert.Null(streams.Intake.Take(packet));
            Assert.Equal(ends.Contains(length), streams.Intake.Take(last.AsSpan(0, length)) is null);
        }
    }

    private static byte[][] Packets(JsonElement vector) =>
    [
        .. vector.GetProperty("packets").EnumerateArray()
            .Select(packet => Convert.FromHexString(packet.GetString()!)),
    ];

    private static HashSet<int> FrameEnds(byte[] packet)
    {
        HashSet<int> ends = [0];
        WireReader reader = new(packet);
        while (reader.TryReadByte(out _) && reader.TryReadPrefixed(out _))
            ends.Add(packet.Length - reader.Rest.Length);
        return ends;
    }

    private static StreamSet Receiver(JsonElement vector)
    {
        LinkOptions options = new()
        {
            Role = vector.Text("receiver") == "host" ? PeerRole.Host : PeerRole.Guest,
            MaxMessageBytes = (int)vector.Number("maxMessageBytes"),
            StreamWindow = (int)vector.Number("streamWindow"),
            MaxStreams = (int)vector.Number("maxStreams"),
        };
        StreamSet streams = new(options, new(1 << 20, 100, 256), new());
        for (ulong i = 0; i < vector.Number("ownStreams"); i++)
            streams.Send(streams.Open("own", 0, null), new byte[1000], endOfStream: false);
        byte[] packet = new byte[2000];
        while (streams.Filler.Fill(packet, 1) > 0)
        {
        }

        return streams;
    }

    private static List<string> Events(StreamSet streams)
    {
        List<string> events = [];
        while (streams.Events.TryDequeue(out LinkEvent next))
        {
            ulong? id = next.Stream?.Id;
            string? text = next.Kind switch
            {
                LinkEventKind.StreamOpened => $"opened {id} {next.Stream!.Name} {next.Stream.Priority}",
                LinkEventKind.Message when next.Buffer is null => $"end {id}",
                LinkEventKind.Message =>
                    $"message {id} {Convert.ToHexStringLower(next.Buffer, 0, next.Length)} {next.EndOfStream}",
                LinkEventKind.StreamReset => $"reset {id} {next.ResetCode}",
                _ => null,
            };
            if (text is not null)
                events.Add(text);
            if (next.Buffer is not null)
                ArrayPool<byte>.Shared.Return(next.Buffer);
        }

        if (streams.Intake.PeerClose is { } close)
            events.Add($"close {close.Code} {close.Text}");
        return events;
    }

    private static string Describe(JsonElement e) => e.Text("event") switch
    {
        "opened" => $"opened {e.Number("stream")} {e.Text("name")} {e.Number("priority")}",
        "end" => $"end {e.Number("stream")}",
        "message" => $"message {e.Number("stream")} {e.Text("message")} {e.Flag("endOfStream")}",
        "reset" => $"reset {e.Number("stream")} {e.Number("code")}",
        _ => $"close {e.Number("code")} {e.Text("text")}",
    };
}
