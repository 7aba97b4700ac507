using KvpRpc.Protocol.Alphabets;
using KvpRpc.Protocol.Packets;
using KvpRpc.Protocol.Wire;

namespace KvpRpc.Protocol.Links;

/// <summary>Tells from its beginning that an item was seen before and resolved then (rule 5): most items of most reads
/// are, and need not be decoded.</summary>
internal static class SeenItems
{
    /// <summary>Whether a text of the peer says nothing new: it is of another link, the past, or its packet and
    /// control part were taken before. Nothing is kept of what was seen: the numbers and the tag tell.</summary>
    internal static bool IsSeen(
        ReadOnlySpan<char> text, int index, uint linkId, ulong controlNumber, PacketReceiver receiver)
    {
        Span<byte> head = stackalloc byte[Alphabet.HeadBytes];
        if (Alphabet.Find(text[0]) is not { } alphabet || !alphabet.TryDecodeHead(text[1..], head, out int count))
            return false;
        WireReader reader = new(head[..count]);
        if (!ItemLayout.TryReadHead(ref reader, out byte flags, out uint id))
            return false;
        if (id != linkId)
            return true;
        if ((flags & ItemLayout.HasControl) != 0 && (!ControlPart.TryRead(ref reader, out ControlPart part, out _)
            || (index == 0 && part.Number > controlNumber)))
            return false;
        return (flags & ItemLayout.HasPacket) == 0 || receiver.IsTaken(reader.Rest);
    }
}
