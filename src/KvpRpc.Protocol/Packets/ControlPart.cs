using KvpRpc.Protocol.Sealing;
using KvpRpc.Protocol.Wire;

namespace KvpRpc.Protocol.Packets;

/// <summary>The state that a side shows in its control item: acknowledgement and nudge, outside every window.</summary>
/// <param name="Number">Counts the control parts of a side on a link, from 1; only a higher one is news.</param>
/// <param name="Ack">The highest packet number up to which all packets of the peer are accepted.</param>
/// <param name="Nudge">Asks the peer to write its own control part with this number as its answer.</param>
/// <param name="Answer">The last nudge of the peer that this side has answered.</param>
internal readonly record struct ControlPart(ulong Number, ulong Ack, ulong Nudge, ulong Answer)
{
    internal int Size => VarInt.Size(Number) + VarInt.Size(Ack) + VarInt.Size(Nudge) + VarInt.Size(Answer);

    internal void Write(ref WireWriter writer)
    {
        writer.WriteVarInt(Number);
        writer.WriteVarInt(Ack);
        writer.WriteVarInt(Nudge);
        writer.WriteVarInt(Answer);
    }

    internal static bool TryRead(scoped ref WireReader reader, out ControlPart part, out ReadOnlySpan<byte> tag)
    {
        part = default;
        tag = default;
        if (!reader.TryReadVarInt(out ulong number) || !reader.TryReadVarInt(out ulong ack)
            || !reader.TryReadVarInt(out ulong nudge) || !reader.TryReadVarInt(out ulong answer)
            || !reader.TryReadBytes(ILinkSealer.TagBytes, out tag))
            return false;
        part = new(number, ack, nudge, answer);
        return number is > 0 and < ItemLayout.NumberLimit && ack < ItemLayout.NumberLimit
            && nudge < ItemLayout.NumberLimit && answer < ItemLayout.NumberLimit;
    }
}
