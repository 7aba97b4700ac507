using System.Text;
using System.Text.Json;
using KvpRpc.Protocol.Frames;
using KvpRpc.Protocol.Wire;

namespace KvpRpc.Protocol.Tests.Vectors;

/// <summary>Frames, each for itself, against <c>protocol/vectors/frames.json</c>.</summary>
public sealed class FrameVectorTests
{
    private const string File = "frames.json";

    private static readonly Dictionary<string, (FrameType Type, string[] Fields)> Numbers = new()
    {
        ["reset"] = (FrameType.Reset, ["stream", "code"]),
        ["streamCredit"] = (FrameType.StreamCredit, ["stream", "limit"]),
        ["openCredit"] = (FrameType.OpenCredit, ["limit"]),
        ["alphabetReport"] = (FrameType.AlphabetReport, ["alphabet", "item", "length"]),
    };

    public static TheoryData<string> Frames => VectorFile.Names(File, "frames");

    public static TheoryData<string> Refused => VectorFile.Names(File, "refused");

    [Theory]
    [MemberData(nameof(Frames))]
    public void What_a_vector_says_is_written_as_its_bytes(string name)
    {
        JsonElement vector = VectorFile.Read(File, "frames")[name];
        byte[] buffer = new byte[2048];
        WireWriter writer = new(buffer);
        switch (vector.Text("type"))
        {
            case "unknown":
                return;
            case "stream":
                Stream(vector).Write(ref writer);
                break;
            case "close":
                Assert.True(Close(vector).TryWrite(ref writer));
                break;
            default:
                Assert.True(NumbersOf(vector).TryWrite(ref writer));
                break;
        }

        Assert.Equal(vector.Text("bytes"), Convert.ToHexStringLower(buffer.AsSpan(0, writer.Written)));
    }

    [Theory]
    [MemberData(nameof(Frames))]
    public void A_frame_is_read_as_its_vector_says(string name)
    {
        JsonElement vector = VectorFile.Read(File, "frames")[name];
        WireReader reader = new(vector.Bytes());
        Assert.True(reader.TryReadByte(out byte type));
        Assert.True(reader.TryReadPrefixed(out ReadOnlySpan<byte> body));
        Assert.True(reader.IsEmpty);
        switch (vector.Text("type"))
        {
            case "unknown":
                Assert.Equal(vector.Number("number"), type);
                Assert.Equal(vector.Text("body"), Convert.ToHexStringLower(body));
                break;
            case "stream":
                StreamFrame expected = Stream(vector);
                Assert.Equal((byte)FrameType.Stream | (byte)expected.Flags, type);
                Assert.Null(StreamFrame.TryRead(expected.Flags, body, out StreamFrame read));
                Assert.Equal(
                    (expected.Stream, expected.NameNumber, expected.Priority, expected.WholeLength),
                    (read.Stream, read.NameNumber, read.Priority, read.WholeLength));
                Assert.Equal(expected.ToldName, read.ToldName);
                Assert.Equal(expected.Data, read.Data);
                break;
            case "close":
                Assert.Equal((byte)FrameType.Close, type);
                Assert.Equal(Close(vector), LinkClose.TryRead(body));
                break;
            default:
                NumberFrame numbers = NumbersOf(vector);
                Assert.Equal((byte)numbers.Type, type);
                Assert.True(NumberFrame.TryRead(numbers.Type, body, out NumberFrame frame));
                Assert.Equal(numbers, frame);
                break;
        }
    }

    [Theory]
    [MemberData(nameof(Frames))]
    public void A_frame_cut_at_any_length_is_refused_but_for_an_empty_packet(string name)
    {
        byte[] bytes = VectorFile.Read(File, "frames")[name].Bytes();
        for (int length = 0; length < bytes.Length; length++)
            Assert.Equal(length == 0, new Receiver().Take(bytes.AsSpan(0, length)) is null);
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void A_frame_that_breaks_a_rule_is_refused(string why) =>
        Assert.NotNull(new Receiver().Take(VectorFile.Read(File, "refused")[why].Bytes()));

    [Fact]
    public void A_frame_is_not_written_where_there_is_no_room_for_it()
    {
        byte[] buffer = new byte[1];
        WireWriter writer = new(buffer);
        Assert.False(new NumberFrame(FrameType.OpenCredit, 1).TryWrite(ref writer));
        Assert.False(new LinkClose(0, "").TryWrite(ref writer));
        Assert.Equal(0, writer.Written);
    }

    [Fact]
    public void A_text_that_is_too_long_for_a_close_frame_is_cut_between_characters()
    {
        byte[] buffer = new byte[300];
        WireWriter writer = new(buffer);
        Assert.True(new LinkClose(0, "x" + new string('é', 500)).TryWrite(ref writer));
        WireReader reader = new(buffer.AsSpan(1, writer.Written - 1));
        Assert.True(reader.TryReadPrefixed(out ReadOnlySpan<byte> body));
        Assert.Equal("x" + new string('é', 127), LinkClose.TryRead(body)!.Text);
    }

    private static StreamFrame Stream(JsonElement vector)
    {
        StreamFlags flags = StreamFlags.None;
        foreach (JsonElement flag in vector.GetProperty("flags").EnumerateArray())
            flags |= flag.GetString() == "first"
                ? StreamFlags.FirstPart
                : Enum.Parse<StreamFlags>(flag.GetString()!, ignoreCase: true);
        bool opens = (flags & StreamFlags.Open) != 0;
        string? name = vector.TextOrNull("toldName");
        ulong nameKey = opens ? vector.Number("nameKey") : 0;
        Assert.Equal(name is not null, (nameKey & 1) != 0);
        return new()
        {
            Flags = flags,
            Stream = vector.Number("stream"),
            NameNumber = nameKey >> 1,
            ToldName = Encoding.UTF8.GetBytes(name ?? ""),
            Priority = opens ? (byte)vector.Number("priority") : (byte)0,
            WholeLength = (flags & StreamFlags.FirstPart) != 0 ? vector.Number("wholeLength") : 0,
            Data = vector.Bytes("data"),
        };
    }

    private static LinkClose Close(JsonElement vector) => new((uint)vector.Number("code"), vector.Text("text"));

    private static NumberFrame NumbersOf(JsonElement vector)
    {
        (FrameType type, string[] fields) = Numbers[vector.Text("type")];
        ulong[] numbers = [.. fields.Select(field => vector.Number(field)), 0, 0];
        return new(type, numbers[0], numbers[1], numbers[2]);
    }

    /// <summary>A receiver that has streams of both sides, so that only the frame itself can be wrong.</summary>
    private sealed class Receiver
    {
        private readonly KvpRpc.Protocol.Streams.StreamSet _streams;

        internal Receiver()
        {
            Protocol.Links.LinkOptions options = new() { Role = Protocol.Hellos.PeerRole.Guest };
            _streams = new(options, new(1 << 20, 1 << 16, 256), new());
            _streams.Send(_streams.Open("own", 0, null), new byte[1], endOfStream: false);
            _streams.Filler.Fill(new byte[100], 1);
        }

        internal string? Take(ReadOnlySpan<byte> frames) => _streams.Intake.Take(frames);
    }
}
