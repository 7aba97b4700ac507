using System.Buffers;
using KvpRpc.Protocol.Packets;
using KvpRpc.Protocol.Sealing;
using KvpRpc.Protocol.Wire;

namespace KvpRpc.Protocol.Links;

/// <summary>Opens the peer's packets in the order of their numbers, whatever the order in which a read shows them
/// (rules 1, 5 and 9).</summary>
/// <remarks>Presence is information, absence is not: a packet that is not there, or cannot be opened, is only noted;
/// the link decides when that has lasted too long.</remarks>
internal sealed class PacketReceiver
{
    private readonly ILinkSealer _sealer;
    private readonly PacketSender _sender;
    private readonly LinkOptions _options;
    private readonly byte[] _plaintext = new byte[2048];
    private readonly List<(ulong Number, byte[] Bytes, int Length)> _held = [];
    private Tag _lastTag;

    internal PacketReceiver(ILinkSealer sealer, PacketSender sender, LinkOptions options)
    {
        _options = options;
        _sealer = sealer;
        _sender = sender;
    }

    /// <summary>Gets the number up to which all packets of the peer are accepted.</summary>
    internal ulong Accepted { get; private set; }

    /// <summary>Gets the tag of the last packet accepted: what acknowledgements of it bind.</summary>
    internal Tag AcceptedTag => _options.Rules.BindsAcknowledgedTag ? _lastTag : default;

    /// <summary>Gets the highest acknowledgement that a packet carried.</summary>
    internal ulong PacketAck { get; private set; }

    /// <summary>Gets the size of the packets that wait for those before them.</summary>
    internal long HeldBytes => _held.Sum(static packet => (long)packet.Bytes.Length);

    /// <summary>Gets whether this read showed the next packet in a form that does not open.</summary>
    internal bool SawUnreadable { get; private set; }

    /// <summary>Gets whether this read showed later packets but not the next one.</summary>
    internal bool SawGap => _held.Count > 0;

    internal void BeginRead()
    {
        SawUnreadable = false;
        DropHeld();
    }

    /// <summary>Takes the packet of an item; it is opened at once if it is the next, kept for <see cref="TryTakeHeld"/>
    /// if it comes later.</summary>
    /// <param name="bytes">Header, tag and sealed frames.</param>
    /// <param name="header">The header of a packet that was opened.</param>
    /// <param name="frames">Its frames, valid until the next call.</param>
    internal bool TryTake(ReadOnlySpan<byte> bytes, out PacketHeader header, out ReadOnlySpan<byte> frames)
    {
        frames = default;
        WireReader reader = new(bytes);
        if (!PacketHeader.TryRead(ref reader, out header, out ReadOnlySpan<byte> tag))
            return false;
        if (header.Number <= Accepted)
        {
            // Another packet under the number of the last one: the peer was rolled back and has gone on.
            SawUnreadable |= header.Number == Accepted && Tag.Read(tag) != _lastTag;
            return false;
        }

        if (header.Number != Accepted + 1)
        {
            Hold(header.Number, bytes);
            return false;
        }

        if (!TryOpen(header, tag, reader.Rest))
        {
            SawUnreadable = true;
            return false;
        }

        Accepted = header.Number;
        PacketAck = header.Ack;
        _lastTag = Tag.Read(tag);
        frames = _plaintext.AsSpan(0, reader.Rest.Length);
        return true;
    }

    /// <summary>Whether this is the beginning of a packet that was taken before.</summary>
    internal bool IsTaken(ReadOnlySpan<byte> bytes)
    {
        WireReader reader = new(bytes);
        return PacketHeader.TryRead(ref reader, out PacketHeader header, out ReadOnlySpan<byte> tag)
            && (header.Number < Accepted || (header.Number == Accepted && Tag.Read(tag) == _lastTag));
    }

    /// <summary>Whether a packet may stand in an item: any in any, unless a test takes rule 1 out.</summary>
    internal bool MayStandIn(int index, ReadOnlySpan<byte> bytes)
    {
        WireReader reader = new(bytes);
        return _options.Rules.PlacesPacketsAnywhere || !PacketHeader.TryRead(ref reader, out PacketHeader header, out _)
            || index == OwnItems.IndexFor(header.Number, _options.MaxSlots);
    }

    /// <summary>Takes note of a control part that does not open although it is news.</summary>
    internal void NoteUnreadable() => SawUnreadable = true;

    /// <summary>Opens the next packet if this read has shown it before its turn.</summary>
    internal bool TryTakeHeld(out PacketHeader header, out ReadOnlySpan<byte> frames)
    {
        for (int i = 0; i < _held.Count; i++)
        {
            (ulong number, byte[] bytes, int length) = _held[i];
            if (number > Accepted + 1)
                continue;
            _held.RemoveAt(i--);
            bool taken = TryTake(bytes.AsSpan(0, length), out header, out frames);
            ArrayPool<byte>.Shared.Return(bytes);
            if (taken)
                return true;
        }

        header = default;
        frames = default;
        return false;
    }

    internal void EndRead() => DropHeld();

    private bool TryOpen(in PacketHeader header, ReadOnlySpan<byte> tag, ReadOnlySpan<byte> sealedFrames)
    {
        // An acknowledgement below that of the packet before, or of what was never sent, is a peer that was rolled
        // back.
        if (header.Ack < PacketAck || !_sender.TryGetTag(header.Ack, out Tag ackTag)
            || sealedFrames.Length > _plaintext.Length)
            return false;
        Span<byte> binding = stackalloc byte[PacketBinding.PacketBytes];
        PacketBinding.WritePacket(binding, header, _lastTag, ackTag);
        return _sealer.TryOpen(
            SealKind.Packet, header.Number, binding, sealedFrames, tag, _plaintext.AsSpan(0, sealedFrames.Length));
    }

    private void Hold(ulong number, ReadOnlySpan<byte> bytes)
    {
        if (_held.Count == OwnItems.MaxItems)
            return;
        byte[] copy = ArrayPool<byte>.Shared.Rent(bytes.Length);
        bytes.CopyTo(copy);
        _held.Add((number, copy, bytes.Length));
    }

    private void DropHeld()
    {
        foreach ((_, byte[] bytes, _) in _held)
            ArrayPool<byte>.Shared.Return(bytes);
        _held.Clear();
    }
}
