using System.Buffers.Binary;
using KvpRpc.Protocol.Sealing;

namespace KvpRpc.Protocol.Packets;

/// <summary>What a seal binds beside its own bytes (rule 9): both directions' histories, so that no rolled-back or
/// forked peer can continue the link.</summary>
internal static class PacketBinding
{
    /// <summary>The size of a packet's associated data: flags, number, ack, own previous tag, tag of the packet
    /// acknowledged.</summary>
    internal const int PacketBytes = 1 + 8 + 8 + (2 * ILinkSealer.TagBytes);

    /// <summary>The size of a control part's: its four numbers and the tag of the packet acknowledged.</summary>
    internal const int ControlBytes = (4 * 8) + ILinkSealer.TagBytes;

    internal static void WritePacket(
        Span<byte> destination, in PacketHeader header, in Tag ownPrevious, in Tag acknowledged)
    {
        destination[0] = (byte)header.Flags;
        BinaryPrimitives.WriteUInt64BigEndian(destination[1..], header.Number);
        BinaryPrimitives.WriteUInt64BigEndian(destination[9..], header.Ack);
        ownPrevious.CopyTo(destination[17..]);
        acknowledged.CopyTo(destination[(17 + ILinkSealer.TagBytes)..]);
    }

    internal static void WriteControl(Span<byte> destination, in ControlPart part, in Tag acknowledged)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, part.Number);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], part.Ack);
        BinaryPrimitives.WriteUInt64BigEndian(destination[16..], part.Nudge);
        BinaryPrimitives.WriteUInt64BigEndian(destination[24..], part.Answer);
        acknowledged.CopyTo(destination[32..]);
    }
}
