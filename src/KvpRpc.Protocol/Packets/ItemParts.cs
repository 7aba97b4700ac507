using System.Buffers.Binary;
using KvpRpc.Protocol.Wire;

namespace KvpRpc.Protocol.Packets;

/// <summary>An item of an open link taken apart, before anything of it is opened: see
/// <see cref="ItemLayout"/>.</summary>
internal readonly ref struct ItemParts
{
    internal uint LinkId { get; private init; }

    internal bool HasControl { get; private init; }

    internal ControlPart Control { get; private init; }

    internal ReadOnlySpan<byte> ControlTag { get; private init; }

    internal bool HasPacket { get; private init; }

    /// <summary>Gets header, tag and sealed frames, of which <see cref="PacketHeader"/> is known to be there.</summary>
    internal ReadOnlySpan<byte> Packet { get; private init; }

    /// <summary>Takes an item apart; false for one that is not spelled as this version spells it.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> bytes, out ItemParts parts)
    {
        parts = default;
        WireReader reader = new(bytes);
        if (!reader.TryReadByte(out byte flags) || !reader.TryReadBytes(4, out ReadOnlySpan<byte> id)
            || flags is 0 or > (ItemLayout.HasControl | ItemLayout.HasPacket))
            return false;
        bool hasControl = (flags & ItemLayout.HasControl) != 0;
        bool hasPacket = (flags & ItemLayout.HasPacket) != 0;
        ControlPart control = default;
        ReadOnlySpan<byte> controlTag = default;
        if (hasControl && !ControlPart.TryRead(ref reader, out control, out controlTag))
            return false;
        ReadOnlySpan<byte> packet = reader.Rest;
        if (hasPacket ? !PacketHeader.TryRead(ref reader, out _, out _) : !packet.IsEmpty)
            return false;
        parts = new()
        {
            LinkId = BinaryPrimitives.ReadUInt32BigEndian(id),
            HasControl = hasControl,
            Control = control,
            ControlTag = controlTag,
            HasPacket = hasPacket,
            Packet = packet,
        };
        return true;
    }
}
