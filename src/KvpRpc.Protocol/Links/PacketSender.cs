using KvpRpc.Protocol.Alphabets;
using KvpRpc.Protocol.Packets;
using KvpRpc.Protocol.Sealing;
using KvpRpc.Protocol.Streams;
using KvpRpc.Protocol.Wire;

namespace KvpRpc.Protocol.Links;

/// <summary>Seals packets and control parts into own items (rules 1 to 4 and 9). An issued packet is never sealed
/// again: what is written again has the same bytes.</summary>
internal sealed class PacketSender
{
    private const int TagHistory = 128;

    private readonly LinkOptions _options;
    private readonly OwnItems _items;
    private readonly ILinkSealer _sealer;
    private readonly uint _linkId;
    private readonly AlphabetChoice _choice;
    private readonly Tag[] _tags = new Tag[TagHistory];
    private readonly byte[] _plaintext = new byte[2048];
    private readonly byte[] _item = new byte[2048];
    private byte[] _firstPacket = [];
    private ulong _controlNumber;
    private ulong _ackRequested;
    private Instant _waitingSince;

    internal PacketSender(LinkOptions options, OwnItems items, ILinkSealer sealer, uint linkId, AlphabetChoice choice)
    {
        _options = options;
        _items = items;
        _sealer = sealer;
        _linkId = linkId;
        _choice = choice;
    }

    /// <summary>Gets the number of the last packet issued.</summary>
    internal ulong Issued { get; private set; }

    /// <summary>Gets the highest number up to which the peer has accepted all.</summary>
    internal ulong Acked { get; private set; }

    /// <summary>Gets since when the oldest packet has waited for its acknowledgement, or for another to come.</summary>
    internal Instant UnackedSince { get; private set; }

    internal bool HasUnacked => Issued > Acked;

    internal bool NumbersUsedUp => Issued + 1 >= ItemLayout.NumberLimit || _controlNumber + 1 >= ItemLayout.NumberLimit;

    /// <summary>Gives the tag of an own packet that the peer may name; false for one it cannot know of, or long
    /// past.</summary>
    internal bool TryGetTag(ulong number, out Tag tag)
    {
        tag = number == 0 || !_options.Rules.BindsAcknowledgedTag ? default : _tags[number % TagHistory];
        return number <= Issued && Issued - number < TagHistory;
    }

    internal void HandleAck(ulong ack, Instant now)
    {
        if (ack <= Acked)
            return;
        _items.Measures.HandleAck(Acked, ack, _waitingSince, now);
        Acked = ack;
        UnackedSince = now;
        _items.Free(ack, now);
    }

    /// <summary>Lets the wait for the oldest packet's acknowledgement begin now.</summary>
    internal void RestartWait(Instant now) => UnackedSince = _waitingSince = now;

    /// <summary>Finds the slot for the next packet; null when the window is full.</summary>
    internal OwnItem? FindSlot(FrameFiller filler, Instant now) =>
        _items.LowestFree(BulkReserve(filler, now), now, FirstSlot(filler, now));

    /// <summary>Gives when there is a slot for the next packet: now, later, or never by itself.</summary>
    internal Instant SlotAt(FrameFiller filler, Instant now) =>
        _items.FreeAt(BulkReserve(filler, now), now, FirstSlot(filler, now));

    /// <summary>Seals the next packet into a free slot; false when there is nothing to send.</summary>
    internal bool TrySeal(OwnItem slot, FrameFiller filler, bool evenIfEmpty, ulong ack, in Tag ackTag, Instant now)
    {
        PacketHeader header = new(Issued + 1, ack, PacketFlags.None);
        // The control item stays in base64: what it says must not depend on an alphabet that may fail (rule 7).
        Alphabet widest = slot.Index == 0 ? Base64Alphabet.Instance : _choice.Widest;
        int capacity = widest.MaxBytes(_options.MaxValueUnits - 1) - ItemLayout.HeadBytes - header.SizeWithTag
            - (slot.Index == 0 ? ItemLayout.MaxControlBytes : 0);
        int length = filler.Fill(_plaintext.AsSpan(0, Math.Min(capacity, _plaintext.Length)), header.Number);
        if (length == 0 && !evenIfEmpty)
            return false;
        if (filler.HasUrgent)
            _choice.NoteFullPacket();

        // Half the window, and its end: early enough that the acknowledgement comes before the window is full. While
        // half of it is held, a request is always on its way: those that ride on packets may free other slots than
        // these.
        int held = _items.HeldCount + 1;
        int window = _items.WindowAt(now);
        if (held >= window || (held >= (window + 1) / 2 && _ackRequested <= Acked))
        {
            header = header with { Flags = PacketFlags.AckRequested };
            _ackRequested = header.Number;
        }

        WireWriter writer = new(_item);
        ItemLayout.WriteHead(ref writer, ItemLayout.HasPacket, _linkId);
        header.Write(ref writer);
        Span<byte> binding = stackalloc byte[PacketBinding.PacketBytes];
        PacketBinding.WritePacket(binding, header, _tags[Issued % TagHistory], ackTag);
        Span<byte> tag = _item.AsSpan(writer.Written, ILinkSealer.TagBytes);
        Span<byte> sealedFrames = _item.AsSpan(writer.Written + ILinkSealer.TagBytes, length);
        _sealer.Seal(SealKind.Packet, header.Number, binding, _plaintext.AsSpan(0, length), sealedFrames, tag);

        if (!HasUnacked)
            UnackedSince = now;
        Issued = header.Number;
        _items.Measures.HandleSealed(Issued, length, capacity, now);
        _tags[Issued % TagHistory] = Tag.Read(tag);
        _items.Hold(slot, Issued);
        int itemLength = writer.Written + ILinkSealer.TagBytes + length;
        if (slot.Index == 0)
            _firstPacket = _item.AsSpan(ItemLayout.HeadBytes, itemLength - ItemLayout.HeadBytes).ToArray();
        SetText(slot, itemLength, _choice.For(itemLength));
        return true;
    }

    /// <summary>Writes the control item anew, with a control part before the packet it may hold.</summary>
    internal void WriteControl(ulong ack, in Tag ackTag, ulong nudge, ulong answer)
    {
        OwnItem item = _items.Control;
        ControlPart part = new(++_controlNumber, ack, nudge, answer);
        bool hasPacket = item.PacketNumber != 0;
        WireWriter writer = new(_item);
        byte flags = (byte)(ItemLayout.HasControl | (hasPacket ? ItemLayout.HasPacket : 0));
        ItemLayout.WriteHead(ref writer, flags, _linkId);
        part.Write(ref writer);
        Span<byte> binding = stackalloc byte[PacketBinding.ControlBytes];
        PacketBinding.WriteControl(binding, part, ackTag);
        Span<byte> tag = stackalloc byte[ILinkSealer.TagBytes];
        _sealer.Seal(SealKind.Control, part.Number, binding, default, default, tag);
        writer.WriteBytes(tag);
        if (hasPacket)
            writer.WriteBytes(_firstPacket);
        SetText(item, writer.Written, Base64Alphabet.Instance);
    }

    // Transfers leave the last slots to small messages, and the control item, which holds a third of a wide one.
    // At least one slot is theirs, however small the window.
    private int BulkReserve(FrameFiller filler, Instant now)
    {
        if (!filler.HasOnlyBulk)
            return 0;
        int window = _items.WindowAt(now);
        return Math.Min(Math.Max(1, window / 8), window - 1 - FirstSlot(filler, now));
    }

    private int FirstSlot(FrameFiller filler, Instant now) =>
        filler.HasOnlyBulk ? Math.Min(_choice.FirstBulkSlot, _items.WindowAt(now) - 1) : 0;

    private void SetText(OwnItem item, int length, Alphabet alphabet)
    {
        Span<char> text = item.Buffer;
        text[0] = alphabet.Mark;
        item.SetLength(1 + alphabet.Encode(_item.AsSpan(0, length), text[1..]));
    }
}
