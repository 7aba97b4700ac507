using System.Text;
using KvpRpc.Cli.Demo;
using KvpRpc.Cli.Keys;
using KvpRpc.Protocol.Frames;
using KvpRpc.Protocol.Wire;

namespace KvpRpc.Cli.Decode;

/// <summary>Explains the frames of a packet that was opened: <c>protocol/streams.md</c>.</summary>
/// <remarks>The engine's own parsers say what a frame is; this only names the stretches. A message in several frames is
/// not put together.</remarks>
internal sealed class FrameExplainer(ByteWalk walk, LinkRecord link, bool fromHost)
{
    private static readonly string[] Priorities = ["normal", "bulk", "control"];

    private readonly List<string> _lines = [];

    /// <summary>Walks through the frames and gives each in one line.</summary>
    internal List<string> Explain()
    {
        while (walk.Left > 0 && TakeFrame())
        {
        }

        return _lines;
    }

    private bool TakeFrame()
    {
        if (!walk.TryPeek(1, "frame type", out ReadOnlySpan<byte> first))
            return false;
        byte type = first[0];
        walk.Take(1, "frame type", NameOf(type));
        if (!walk.TryTakeNumber("length of the body", 0, VarInt.Max, Bytes, out ulong length))
            return false;
        if (length > (ulong)walk.Left)
            return walk.Fail($"the body has {Bytes(length)}, of which {walk.Left} are there");
        int end = walk.End;
        walk.End = walk.At + (int)length;
        if (!walk.TryPeek(walk.Left, "body", out ReadOnlySpan<byte> body) || !TakeBody(type, body))
            return false;
        walk.Take(walk.Left, "body", "skipped");
        walk.End = end;
        return true;
    }

    private bool TakeBody(byte type, ReadOnlySpan<byte> body) => (FrameType)type switch
    {
        FrameType.Reset or FrameType.StreamCredit or FrameType.OpenCredit or FrameType.AlphabetReport =>
            TakeNumbers((FrameType)type, body),
        FrameType.Close => TakeClose(body),
        >= FrameType.Stream and <= FrameType.StreamLast =>
            TakeStream((StreamFlags)(type & ((int)FrameType.Stream - 1)), body),
        _ => Tell($"frame of the unknown type {type:x2}, skipped"),
    };

    private bool TakeNumbers(FrameType type, ReadOnlySpan<byte> body)
    {
        if (!NumberFrame.TryRead(type, body, out NumberFrame frame))
            return walk.Fail("the body is not exactly the numbers of its type");
        (string[] names, string line) = type switch
        {
            FrameType.Reset => ((string[])["stream number", "code"],
                $"stream {frame.First}: reset, code {frame.Second}, {ResetOf(frame.Second)}"),
            FrameType.StreamCredit => (["stream number", "limit"],
                $"stream {frame.First}: credit up to {frame.Second} bytes"),
            FrameType.OpenCredit => (["limit"], $"credit for {frame.First} streams in all"),
            _ => (["alphabet", "item", "length"],
                $"probe of alphabet {frame.First} in item {frame.Second}: "
                + (frame.Third == 0 ? "damaged" : $"{frame.Third} units came through")),
        };
        foreach (string name in names)
            walk.TryTakeNumber(name, 0, VarInt.Max, value => $"{value}", out _);
        return Tell(line);
    }

    private bool TakeClose(ReadOnlySpan<byte> body)
    {
        if (LinkClose.TryRead(body) is not { } close)
            return walk.Fail("the body is no code and up to 256 bytes of UTF-8");
        walk.TryTakeNumber("code", 0, VarInt.Max, value => $"{value}", out _);
        walk.Take(walk.Left, "text", ValueText.Printable(close.Text));
        return Tell($"close, code {close.Code}: {ValueText.Printable(close.Text)}");
    }

    private bool TakeStream(StreamFlags flags, ReadOnlySpan<byte> body)
    {
        if (StreamFrame.TryRead(flags, body, out StreamFrame frame) is { } wrong)
            return walk.Fail(wrong);
        walk.TryTakeNumber("stream number", 0, VarInt.Max, value => $"{value}", out _);
        StringBuilder line = new($"stream {frame.Stream}");
        bool opens = (flags & StreamFlags.Open) != 0;
        if (opens)
            TakeOpening(frame, line);
        bool isFirst = (flags & StreamFlags.FirstPart) != 0;
        if (isFirst)
            walk.TryTakeNumber("whole length", 0, VarInt.Max, Bytes, out _);
        bool ends = (flags & StreamFlags.EndOfStream) != 0;
        if ((flags & StreamFlags.EndOfMessage) != 0)
            line.Append(": ").Append(new CallExplainer(walk).Explain(isWhole: opens));
        else if (isFirst || !ends)
            line.Append($": {Bytes((ulong)frame.Data.Length)} of a message").Append(isFirst
                ? $" of {Bytes(frame.WholeLength)}"
                : "");
        walk.Take(walk.Left, "data", "a part of a message");
        return Tell(line.Append(ends ? "; end of stream" : "").ToString());
    }

    private void TakeOpening(in StreamFrame frame, StringBuilder line)
    {
        ulong number = frame.NameNumber;
        bool isTold = !frame.ToldName.IsEmpty;
        string told = ValueText.Printable(Encoding.UTF8.GetString(frame.ToldName));
        walk.TryTakeNumber(
            "name key", 0, VarInt.Max, _ => $"name {number}, {(isTold ? "told here" : "told before")}", out _);
        if (isTold)
        {
            walk.TryTakeNumber("length of the name", 0, VarInt.Max, Bytes, out _);
            walk.Take(frame.ToldName.Length, "name", told);
            link.KeepName(fromHost, number, told);
        }

        byte priority = frame.Priority;
        string urgency = priority < Priorities.Length ? Priorities[priority] : $"{priority}, taken as normal";
        walk.Take(1, "priority", urgency);
        string name = isTold ? told : link.FindName(fromHost, number) ?? $"name {number}";
        line.Append($" opens {name}").Append(priority == 0 ? "" : $", {urgency}");
    }

    private bool Tell(string line)
    {
        _lines.Add(line);
        return true;
    }

    private static string NameOf(byte type) => (FrameType)type switch
    {
        FrameType.Reset => "reset",
        FrameType.StreamCredit => "stream credit",
        FrameType.OpenCredit => "open credit",
        FrameType.Close => "close",
        FrameType.AlphabetReport => "alphabet report",
        >= FrameType.Stream and <= FrameType.StreamLast =>
            "stream" + (type == (byte)FrameType.Stream ? "" : ": ") + string.Join(", ", FlagsOf(type)),
        _ => "unknown, skipped",
    };

    private static IEnumerable<string> FlagsOf(byte type)
    {
        string[] names = ["OPEN", "END OF MESSAGE", "END OF STREAM", "FIRST"];
        return names.Where((_, bit) => (type >> bit & 1) != 0);
    }

    private static string ResetOf(ulong code) => code switch
    {
        1 => "cancelled",
        2 => "deadline passed",
        3 => "refused: too many calls",
        4 => "a rule was broken",
        5 => "closing",
        _ => "no reason",
    };

    private static string Bytes(ulong count) => Text.Count((long)count, "byte");
}
