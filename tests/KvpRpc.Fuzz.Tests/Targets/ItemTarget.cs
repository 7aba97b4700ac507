using KvpRpc.Protocol.Packets;
using KvpRpc.Protocol.Wire;

namespace KvpRpc.Fuzz.Tests;

/// <summary>The bytes of an item of an open link: head, control part, packet.</summary>
internal static class ItemTarget
{
    internal static FuzzTarget Instance { get; } = new("packet", 16 << 10, input => Run(input.Span));

    private static bool Run(ReadOnlySpan<byte> input)
    {
        WireReader reader = new(input);
        if (!ItemLayout.TryReadHead(ref reader, out byte flags, out uint linkId))
            return false;
        byte[] again = new byte[input.Length];
        WireWriter writer = new(again);
        ItemLayout.WriteHead(ref writer, flags, linkId);
        if ((flags & ItemLayout.HasControl) != 0)
        {
            if (!ControlPart.TryRead(ref reader, out ControlPart part, out ReadOnlySpan<byte> tag))
                return false;
            Finding.Unless(part.Size + tag.Length <= ItemLayout.MaxControlBytes + Slack, $"a control part is too large");
            part.Write(ref writer);
            writer.WriteBytes(tag);
        }

        if ((flags & ItemLayout.HasPacket) != 0)
        {
            if (!PacketHeader.TryRead(ref reader, out PacketHeader header, out ReadOnlySpan<byte> tag))
                return false;
            int before = writer.Written;
            header.Write(ref writer);
            writer.WriteBytes(tag);
            Finding.Unless(writer.Written - before == header.SizeWithTag, $"a header's size is not what it says");
        }

        Finding.UnlessEqual(input[..^reader.Rest.Length], again.AsSpan(0, writer.Written), "an item");
        return true;
    }

    // An acknowledgement has no limit of its own when it is read: it is compared with what was sent.
    private const int Slack = VarInt.MaxBytes;
}
