using System.Buffers.Binary;
using KvpRpc.Protocol.Sealing;
using KvpRpc.Protocol.Wire;

namespace KvpRpc.Protocol.Packets;

/// <summary>The bytes of an item of an open link, before an alphabet makes text of them.</summary>
/// <remarks>
/// <code>
/// | flags 1 | link id 4 | control part (flag 1) | packet (flag 2) |
/// control part: | number | ack | nudge | answer | tag 16 |          four varints
/// packet:       | number | ack | packet flags 1 | tag 16 | sealed frames: all that is left |
/// </code>
/// See <c>protocol/link.md</c>, "Items of an open link". <see cref="ItemParts"/> reads it.
/// </remarks>
internal static class ItemLayout
{
    internal const byte HasControl = 1;
    internal const byte HasPacket = 2;

    /// <summary>The flags byte and the link id.</summary>
    internal const int HeadBytes = 1 + 4;

    /// <summary>The numbers of a link stay below this: it then ends and a new one opens.</summary>
    internal const ulong NumberLimit = 1UL << 40;

    /// <summary>The largest control part: four numbers below <see cref="NumberLimit"/> and a tag.</summary>
    internal const int MaxControlBytes = 4 * 6 + ILinkSealer.TagBytes;

    internal static void WriteHead(ref WireWriter writer, byte flags, uint linkId)
    {
        writer.WriteByte(flags);
        Span<byte> id = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(id, linkId);
        writer.WriteBytes(id);
    }
}
