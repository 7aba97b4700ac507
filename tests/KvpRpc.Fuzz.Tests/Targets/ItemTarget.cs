using KvpRpc.Protocol.Packets;
using KvpRpc.Protocol.Wire;

namespace KvpRpc.Fuzz.Tests.Targets;

/// <summary>The bytes of an item of an open link: head, control part, packet.</summary>
internal static class ItemTarget
{
    internal static FuzzTarget Instance { get; } = new("packet", 16 << 10, input => Run(input.Span));

    private static bool Run(ReadOnlySpan<byte> input)
    {
        if (!ItemParts.TryRead(input, out ItemParts parts))
            return false;
        byte[] again = new byte[input.Length];
        WireWriter writer = new(again);
        int flags = (parts.HasControl ? ItemLayout.HasControl : 0) | (parts.HasPacket ? ItemLayout.HasPacket : 0);
        ItemLayout.WriteHead(ref writer, (byte)flags, parts.LinkId);
        if (parts.HasControl)
        {
            parts.Control.Write(ref writer);
            writer.WriteBytes(parts.ControlTag);
        }

        if (parts.HasPacket)
        {
            WireReader reader = new(parts.Packet);
            Finding.Unless(
                PacketHeader.TryRead(ref reader, out PacketHeader header, out ReadOnlySpan<byte> tag),
                $"a packet has no header");
            int before = writer.Written;
            header.Write(ref writer);
            writer.WriteBytes(tag);
            Finding.Unless(writer.Written - before == header.SizeWithTag, $"a header's size is not what it says");
            writer.WriteBytes(reader.Rest);
        }

        Finding.UnlessEqual(input, again.AsSpan(0, writer.Written), "an item");
        return true;
    }
}
