using KvpRpc.Protocol.Alphabets;
using KvpRpc.Protocol.Packets;

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
        if (!ItemParts.TryRead(head[..count], out ItemParts item))
            return false;
        if (item.LinkId != linkId)
            return true;
        return !(item.HasControl && index == 0 && item.Control.Number > controlNumber)
            && (!item.HasPacket || receiver.IsTaken(item.Packet));
    }
}
