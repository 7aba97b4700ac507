using KvpRpc.Protocol.Sealing;
using KvpRpc.Protocol.Wire;

namespace KvpRpc.Protocol.Packets;

/// <summary>What stands before the sealed frames of a packet, in clear and authenticated.</summary>
/// <param name="Number">Counts the packets of a side on a link, from 1, without gaps.</param>
/// <param name="Ack">The highest packet number up to which all packets of the peer were accepted when this was
/// sealed.</param>
/// <param name="Flags">See <see cref="PacketFlags"/>.</param>
internal readonly record struct PacketHeader(ulong Number, ulong Ack, PacketFlags Flags)
{
    /// <summary>Gets the size of the header with its tag.</summary>
    internal int SizeWithTag => VarInt.Size(Number) + VarInt.Size(Ack) + 1 + ILinkSealer.TagBytes;

    internal void Write(ref WireWriter writer)
    {
        writer.WriteVarInt(Number);
        writer.WriteVarInt(Ack);
        writer.WriteByte((byte)Flags);
    }

    internal static bool TryRead(scoped ref WireReader reader, out PacketHeader header, out ReadOnlySpan<byte> tag)
    {
        header = default;
        tag = default;
        if (!reader.TryReadVarInt(out ulong number) || !reader.TryReadVarInt(out ulong ack)
            || !reader.TryReadByte(out byte flags) || !reader.TryReadBytes(ILinkSealer.TagBytes, out tag))
            return false;
        header = new(number, ack, (PacketFlags)flags);
        return number is > 0 and < ItemLayout.NumberLimit && ack < ItemLayout.NumberLimit;
    }
}

/// <summary>What a packet asks of its receiver. Unknown flags are ignored.</summary>
[Flags]
internal enum PacketFlags : byte
{
    None = 0,

    /// <summary>The sender runs short of free slots: acknowledge without waiting for a packet to ride on.</summary>
    AckRequested = 1,
}
