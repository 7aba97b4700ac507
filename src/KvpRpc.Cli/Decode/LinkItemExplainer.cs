using System.Buffers.Binary;
using KvpRpc.Cli.Demo;
using KvpRpc.Cli.Keys;
using KvpRpc.Protocol.Packets;
using KvpRpc.Protocol.Sealing;

namespace KvpRpc.Cli.Decode;

/// <summary>Explains the bytes of an item of an open link: <c>protocol/link.md</c>, section 5. Without the keys,
/// what is sealed is only counted.</summary>
/// <param name="walk">Goes through the bytes.</param>
/// <param name="keys">Opens them; null for nobody.</param>
/// <param name="frames">Takes a line for each frame that was opened.</param>
internal sealed class LinkItemExplainer(ByteWalk walk, SideKeys? keys, List<string> frames)
{
    private const int LinkIdBytes = 4;
    private const int AckRequested = 1;
    private const ulong MaxNumber = ItemLayout.NumberLimit - 1;

    private readonly List<string> _summary = [];
    private LinkRecord? _link;

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
        _link = keys?.Log.Find(BinaryPrimitives.ReadUInt32BigEndian(id));
        walk.Take(LinkIdBytes, "link id", "tells the items of this link from those of the past");
        return true;
    }

    private bool TakeControl()
    {
        if (!walk.TryTakeNumber("number of the control part", 1, MaxNumber, Number, out ulong number)
            || !walk.TryTakeNumber("ack of the control part", 0, MaxNumber, Ack, out ulong ack)
            || !walk.TryTakeNumber("nudge", 0, MaxNumber, Number, out ulong nudge)
            || !walk.TryTakeNumber("answer", 0, MaxNumber, Number, out ulong answer)
            || !walk.TryPeek(ILinkSealer.TagBytes, "tag of the control part", out ReadOnlySpan<byte> tag))
            return false;
        string verdict = _link is null ? "" : Of(_link.Verify(keys!.FromHost, new(number, ack, nudge, answer), tag));
        walk.Take(ILinkSealer.TagBytes, "tag of the control part", $"of the seal{verdict}");
        _summary.Add($"control part {number} ack {ack} nudge {nudge} answer {answer}{verdict}");
        return true;
    }

    private bool TakePacket()
    {
        if (!walk.TryTakeNumber("number of the packet", 1, MaxNumber, Number, out ulong number)
            || !walk.TryTakeNumber("ack of the packet", 0, MaxNumber, Ack, out ulong ack)
            || !walk.TryPeek(1, "packet flags byte", out ReadOnlySpan<byte> flags))
            return false;
        PacketHeader header = new(number, ack, (PacketFlags)flags[0]);
        bool asks = (flags[0] & AckRequested) != 0;
        string unknown = (flags[0] & ~AckRequested) != 0 ? "; unknown flags, ignored" : "";
        walk.Take(1, "packet flags", (asks ? "ack requested" : "none") + unknown);
        if (!walk.TryPeek(ILinkSealer.TagBytes, "tag of the packet", out ReadOnlySpan<byte> tagBytes))
            return false;
        Tag tag = Tag.Read(tagBytes);
        int sealedBytes = walk.Left - ILinkSealer.TagBytes;
        byte[] opened = new byte[sealedBytes];
        SealVerdict? verdict = _link is null ? null : Open(header, tag, opened);
        string said = verdict is { } known ? Of(known) : "";
        walk.Take(ILinkSealer.TagBytes, "tag of the packet", $"of the seal{said}");
        string asked = asks ? ", ack requested" : "";
        string content = sealedBytes == 0 ? "empty" : Sealed(sealedBytes);
        _summary.Add($"packet {number} ack {ack}{asked}, {content}{said}");
        if (verdict is SealVerdict.Verified or SealVerdict.NotVerified)
            TakeFrames(header, tag, opened);
        else
            walk.Take(sealedBytes, "frames", Sealed(sealedBytes), isSealed: true);
        return true;
    }

    private SealVerdict Open(in PacketHeader header, Tag tag, Span<byte> opened) =>
        walk.TryPeek(walk.Left, "frames", out ReadOnlySpan<byte> rest)
            ? _link!.Open(keys!.FromHost, header, tag, rest[ILinkSealer.TagBytes..], opened)
            : SealVerdict.Refused;

    // Frames that break are the packet's affair: the item is one that a peer takes.
    private void TakeFrames(in PacketHeader header, Tag tag, ReadOnlySpan<byte> opened)
    {
        ByteWalk inner = new(opened.ToArray());
        List<string> lines = new FrameExplainer(inner, _link!, keys!.FromHost).Explain();
        if (inner.Fault is { } fault)
            lines.Add($"broken at byte {fault.Offset} of the frames: {fault.Reason}");
        foreach (Part part in inner.Finish())
            walk.Take(part.Count, part.Name, part.Value, part.Raw);
        if (_link!.TakeFirst(keys.FromHost, header.Number, tag))
            frames.AddRange(lines);
        else if (lines.Count > 0)
            frames.Add("its frames as before");
    }

    private static string Of(SealVerdict verdict) => verdict switch
    {
        SealVerdict.Verified => ", verified",
        SealVerdict.NotVerified => ", not verified: what it binds was not seen",
        _ => ", does not open: altered, or of another timeline",
    };

    private static string Sealed(int frames) => $"{frames} sealed byte{(frames == 1 ? "" : "s")}";

    private static string Number(ulong number) => number == 0 ? "none" : $"{number}";

    private static string Ack(ulong ack) =>
        ack == 0 ? "nothing accepted yet" : $"all packets of the peer up to {ack} are accepted";
}
