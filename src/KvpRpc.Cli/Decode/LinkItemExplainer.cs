using KvpRpc.Cli.Demo;
using KvpRpc.Protocol.Packets;
using KvpRpc.Protocol.Sealing;

namespace KvpRpc.Cli.Decode;

/// <summary>Explains the bytes of an item of an open link: <c>protocol/link.md</c>, section 5. Without the key, what is
/// sealed is only counted.</summary>
internal sealed class LinkItemExplainer(ByteWalk walk)
{
    private const int LinkIdBytes = 4;
    private const int AckRequested = 1;
    private const ulong MaxNumber = ItemLayout.NumberLimit - 1;

    private readonly List<string> _summary = [];

    /// <summary>Walks through the item and gives it in one line.</summary>
    internal string Explain()
    {
        if (TakeHead(out int flags, out string link)
            && ((flags & ItemLayout.HasControl) == 0 || TakeControl())
            && ((flags & ItemLayout.HasPacket) == 0 || TakePacket())
            && walk.Left > 0)
            walk.Fail($"{Text.Count(walk.Left, "byte")} behind a control part that has no packet with it");
        string content = _summary.Count > 0 ? string.Join("; ", _summary) : "an item of an open link, broken";
        return link.Length > 0 ? $"{content} (link {link})" : content;
    }

    private bool TakeHead(out int flags, out string link)
    {
        flags = 0;
        link = "";
        if (!walk.TryPeek(1, "flags byte", out ReadOnlySpan<byte> first))
            return false;
        flags = first[0];
        if (flags is 0 or > (ItemLayout.HasControl | ItemLayout.HasPacket))
            return walk.Fail($"flags {flags} are none of 1 control part, 2 packet, 3 both");
        walk.Take(1, "flags", flags switch
        {
            ItemLayout.HasControl => "1, control part",
            ItemLayout.HasPacket => "2, packet",
            _ => "3, control part and packet",
        });
        if (!walk.TryPeek(LinkIdBytes, "link id", out ReadOnlySpan<byte> id))
            return false;
        link = Convert.ToHexStringLower(id);
        walk.Take(LinkIdBytes, "link id", "tells the items of this link from those of the past");
        return true;
    }

    private bool TakeControl()
    {
        if (!walk.TryTakeNumber("number of the control part", 1, MaxNumber, Number, out ulong number)
            || !walk.TryTakeNumber("ack of the control part", 0, MaxNumber, Ack, out ulong ack)
            || !walk.TryTakeNumber("nudge", 0, MaxNumber, Number, out ulong nudge)
            || !walk.TryTakeNumber("answer", 0, MaxNumber, Number, out ulong answer)
            || !walk.TryTake(ILinkSealer.TagBytes, "tag of the control part", "of the seal"))
            return false;
        _summary.Add($"control part {number} ack {ack} nudge {nudge} answer {answer}");
        return true;
    }

    private bool TakePacket()
    {
        if (!walk.TryTakeNumber("number of the packet", 1, MaxNumber, Number, out ulong number)
            || !walk.TryTakeNumber("ack of the packet", 0, MaxNumber, Ack, out ulong ack)
            || !walk.TryPeek(1, "packet flags byte", out ReadOnlySpan<byte> flags))
            return false;
        bool asks = (flags[0] & AckRequested) != 0;
        string unknown = (flags[0] & ~AckRequested) != 0 ? "; unknown flags, ignored" : "";
        walk.Take(1, "packet flags", (asks ? "ack requested" : "none") + unknown);
        if (!walk.TryTake(ILinkSealer.TagBytes, "tag of the packet", "of the seal"))
            return false;
        int frames = walk.Left;
        walk.Take(frames, "frames", Sealed(frames), isSealed: true);
        string asked = asks ? ", ack requested" : "";
        _summary.Add($"packet {number} ack {ack}{asked}, {(frames == 0 ? "empty" : Sealed(frames))}");
        return true;
    }

    private static string Sealed(int frames) => $"{frames} sealed byte{(frames == 1 ? "" : "s")}";

    private static string Number(ulong number) => number == 0 ? "none" : $"{number}";

    private static string Ack(ulong ack) =>
        ack == 0 ? "nothing accepted yet" : $"all packets of the peer up to {ack} are accepted";
}
