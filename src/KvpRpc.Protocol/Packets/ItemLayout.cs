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
/// See <c>protocol/link.md</c>, "Items of an open link".
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

    /// <summary>Reads flags and link id; false for flags that this version does not know.</summary>
    internal static bool TryReadHead(ref WireReader reader, out byte flags, out uint linkId)
    {
        linkId = 0;
        if (!reader.TryReadByte(out flags) || !reader.TryReadBytes(4, out ReadOnlySpan<byte> id))
            return false;
        linkId = BinaryPrimitives.ReadUInt32BigEndian(id);
        return flags is > 0 and <= (HasControl | HasPacket);
    }
}
