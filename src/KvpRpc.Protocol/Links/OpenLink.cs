using KvpRpc.Protocol.Alphabets;
using KvpRpc.Protocol.Packets;
using KvpRpc.Protocol.Sealing;
using KvpRpc.Protocol.Streams;
using KvpRpc.Protocol.Wire;

namespace KvpRpc.Protocol.Links;

/// <summary>One link from its keys to its end: packets, acknowledgements, nudges, and what of them has lasted too
/// long.</summary>
/// <remarks>
/// There is no timer for acknowledgements (rule 4): they ride on packets; one is written for itself only when a packet
/// asks for it or a nudge does. At rest nothing is due. <see cref="NextTimeout"/> counts only while a stream is open,
/// or the link is not confirmed, or something is wrong.
/// </remarks>
internal sealed class OpenLink : IDisposable
{
    private readonly LinkOptions _options;
    private readonly OwnItems _items;
    private readonly ILinkSealer _sealer;
    private readonly uint _linkId;
    private readonly AlphabetChoice _choice;
    private readonly AlphabetProofs _proofs;
    private readonly PacketSender _sender;
    private readonly PacketReceiver _receiver;
    private Instant _lastHeard;
    private Instant _nudgedAt;
    private Instant _activeSince;
    private bool _wasActive;
    private Instant? _unreadableSince;
    private Instant? _garbledSince;
    private Instant? _gapSince;
    private Alphabet? _unreadableAlphabet;
    private ulong _nudge;
    private ulong _nudgeSatisfied;
    private ulong _peerNudge;
    private ulong _peerControlNumber;
    private bool _answerDue;
    private bool _answerShown;
    private bool _ackDue;
    private bool _controlDue;
    private bool _openingPacketDue;

    internal OpenLink(
        LinkOptions options, OwnItems items, StreamSet streams, ILinkSealer sealer, uint linkId, byte peerReads,
        Instant now)
    {
        _options = options;
        _items = items;
        _sealer = sealer;
        _linkId = linkId;
        Streams = streams;
        _choice = new(options, items, peerReads, linkId);
        _proofs = new(linkId);
        _sender = new(options, items, sealer, linkId, _choice);
        _receiver = new(sealer, _sender);
        _lastHeard = now;
        // The host's first packet opens the link for the guest, even when there is nothing to say yet.
        _openingPacketDue = options.IsHost;
    }

    internal StreamSet Streams { get; }

    /// <summary>Gets whether a sealed item of the peer has been opened: from then on the link is open.</summary>
    internal bool IsConfirmed { get; private set; }

    /// <summary>Gets why the link must end; null while it need not.</summary>
    internal LinkEnd? End { get; private set; }

    /// <summary>Gets the wide alphabet whose texts could not be read when the link ended for that; null for
    /// none.</summary>
    internal Alphabet? FailedAlphabet { get; private set; }

    /// <summary>Gets whether texts of <see cref="FailedAlphabet"/> were in no alphabet at all, rather than of a wrong
    /// seal.</summary>
    internal bool IsFailureCertain { get; private set; }

    /// <summary>Gets the widest alphabet proven for the own direction.</summary>
    internal Alphabet WidestAlphabet => _choice.Widest;

    /// <summary>Gets whether the own table should be read back soon: a nudge came while packets wait for their
    /// ack.</summary>
    internal bool AuditDue { get; set; }

    /// <summary>Gets how many packets and control parts of the peer were accepted.</summary>
    internal ulong HeardCount { get; private set; }

    internal ulong Accepted => _receiver.Accepted;

    internal bool HasUnacked => _sender.HasUnacked;

    internal Instant UnackedSince => _sender.UnackedSince;

    /// <summary>Gets whether silence means something: a stream is open, or the peer has not confirmed the
    /// link.</summary>
    internal bool IsActive => Streams.ActiveCount > 0 || !IsConfirmed;

    /// <summary>Gets whether the next read should come soon, although nothing may wake a reader.</summary>
    internal bool IsUneasy => _unreadableSince is not null || _garbledSince is not null || _gapSince is not null
        || _proofs.IsUneasy;

    /// <summary>Gives whether there is something to write and room for it: a full window waits for the peer.</summary>
    internal bool WantsWrite(Instant now)
    {
        if (End is not null)
            return false;
        if ((_ackDue || _answerDue || _controlDue) && !_items.Control.InFlight)
            return true;
        return (Streams.Filler.HasUrgent || _openingPacketDue) && _items.LowestFree(BulkReserve, now) is not null;
    }

    internal Instant NextTimeout
    {
        get
        {
            Instant next = Instant.Never;
            if (_unreadableSince is { } unreadable)
                next = Instant.Earlier(next, unreadable + _options.BadItemAfter);
            if (_garbledSince is { } garbled)
                next = Instant.Earlier(next, garbled + _options.BadItemAfter);
            if (_gapSince is { } gap)
                next = Instant.Earlier(next, gap + _options.GapAfter);
            if (!MayNudge)
                return next;
            return Instant.Earlier(
                next,
                _nudge > _nudgeSatisfied ? _nudgedAt + _options.LostAfter : SilentSince + _options.KeepaliveAfter);
        }
    }

    // Transfers leave the last slots to others.
    private int BulkReserve =>
        Streams.Filler.HasOnlyBulk ? Math.Min(_options.MaxSlots - 1, Math.Max(1, _options.MaxSlots / 8)) : 0;

    // A guest's hello must stay in its control item until the host has used it.
    private bool MayNudge => IsActive && (IsConfirmed || _options.IsHost);

    // Silence before there was something to wait for means nothing.
    private Instant SilentSince => _lastHeard > _activeSince ? _lastHeard : _activeSince;

    internal void BeginRead()
    {
        _receiver.BeginRead();
        _proofs.BeginRead();
        _unreadableAlphabet = null;
    }

    /// <summary>Takes an item whose text is a probe; false when it is none.</summary>
    internal bool TryTakeProbe(int index, ReadOnlySpan<char> text) => _proofs.TryTakeProbe(index, text);

    /// <summary>Takes an item whose text its alphabet refuses.</summary>
    internal void HandleGarbled(Alphabet alphabet, int index, ReadOnlySpan<char> text) =>
        _proofs.HandleGarbled(alphabet, index, text);

    /// <summary>Takes one item of the peer; one of another link, an earlier one, is the past and says
    /// nothing.</summary>
    internal void HandleItem(int index, Alphabet alphabet, ReadOnlySpan<byte> bytes, Instant now)
    {
        WireReader reader = new(bytes);
        if (End is not null || !ItemLayout.TryReadHead(ref reader, out byte flags, out uint linkId)
            || linkId != _linkId)
            return;
        if ((flags & ItemLayout.HasControl) != 0)
        {
            if (!ControlPart.TryRead(ref reader, out ControlPart part, out ReadOnlySpan<byte> tag))
                return;
            if (index == 0)
                TakeControl(part, tag, now);
        }

        if ((flags & ItemLayout.HasPacket) == 0)
            return;
        bool wasUnreadable = _receiver.SawUnreadable;
        if (_receiver.TryTake(reader.Rest, out PacketHeader header, out ReadOnlySpan<byte> frames))
            TakePacket(header, frames, now);
        else if (_receiver.SawUnreadable && !wasUnreadable && alphabet.Number > 0)
            _unreadableAlphabet = alphabet;
    }

    internal void EndRead(Instant now)
    {
        while (End is null && _receiver.TryTakeHeld(out PacketHeader header, out ReadOnlySpan<byte> frames))
            TakePacket(header, frames, now);
        _unreadableSince = _receiver.SawUnreadable ? _unreadableSince ?? now : null;
        _gapSince = !_receiver.SawUnreadable && _receiver.SawGap ? _gapSince ?? now : null;
        _garbledSince = _proofs.Garbled is not null ? _garbledSince ?? now : null;
        while (IsConfirmed && _proofs.TryGetReport(out AlphabetReport report))
            Streams.Filler.QueueReport(report);
        _receiver.EndRead();
        HandleTimeout(now);
    }

    internal void HandleTimeout(Instant now)
    {
        if (End is not null)
            return;
        NoteActivity(now);
        if (_unreadableSince + _options.BadItemAfter <= now)
        {
            End = new(LinkEndReason.Unreadable, IsConfirmed
                ? "The peer's next packet cannot be opened: the peer was rolled back, or its table was altered."
                : "The peer's first packet cannot be opened: both sides must have the same pre-shared key, or none.");
            FailedAlphabet = _unreadableAlphabet;
        }
        else if (_garbledSince + _options.BadItemAfter <= now)
        {
            End = new(LinkEndReason.Unreadable, "The medium no longer carries the characters of the peer's texts.");
            FailedAlphabet = _proofs.Garbled;
            IsFailureCertain = true;
        }
        else if (_gapSince + _options.GapAfter <= now)
        {
            End = new(LinkEndReason.PeerRolledBack, "A packet of the peer stayed missing while later ones were there.");
        }
        else if (MayNudge && _nudge > _nudgeSatisfied && _nudgedAt + _options.LostAfter <= now)
        {
            End = new(LinkEndReason.PeerSilent, "The peer has not answered.");
        }
        else if (MayNudge && _nudge == _nudgeSatisfied && SilentSince + _options.KeepaliveAfter <= now)
        {
            Nudge(now);
        }
    }

    /// <summary>Seals what is to be written into free items and adds them to the batch.</summary>
    internal void CollectWrites(List<OwnItem> batch, int max, Instant now)
    {
        if (End is not null)
            return;
        NoteActivity(now);
        bool wasAnswerDue = _answerDue;
        while (batch.Count < max && (Streams.Filler.HasUrgent || _openingPacketDue))
        {
            OwnItem? slot = _items.LowestFree(BulkReserve, now);
            if (slot is null
                || !_sender.TrySeal(
                    slot, Streams.Filler, _openingPacketDue, _receiver.Accepted, _receiver.AcceptedTag, now))
                break;
            _openingPacketDue = false;
            _ackDue = false;
            if (slot.Index == 0)
                _controlDue |= _answerShown || _nudge > _nudgeSatisfied;
            if (!batch.Contains(slot))
                batch.Add(slot);
        }

        if (!IsConfirmed && _options.IsHost && _nudge == 0 && Streams.ActiveCount == 0 && _sender.Issued > 0)
            Nudge(now);
        if (IsConfirmed)
            _choice.CollectProbe(batch, max, _sender, now);
        if (_sender.NumbersUsedUp)
            End = new(LinkEndReason.NumbersUsedUp, "The link has used up its numbers.");
        if (!(_controlDue || _ackDue || wasAnswerDue) || _items.Control.InFlight)
            return;
        if (!batch.Contains(_items.Control))
        {
            if (batch.Count >= max)
                return;
            batch.Add(_items.Control);
        }

        _sender.WriteControl(_receiver.Accepted, _receiver.AcceptedTag, _nudge, _peerNudge);
        _answerShown = _answerShown || wasAnswerDue;
        _controlDue = _ackDue = _answerDue = false;
    }

    internal void Close(uint code, string text) => Streams.Filler.QueueClose(new(code, text));

    public void Dispose()
    {
        Streams.Clear();
        _sealer.Dispose();
    }

    /// <summary>Lets all waiting begin now when a stream opens after a rest: the last packet of a link at rest is not
    /// acknowledged, and nothing is heard.</summary>
    private void NoteActivity(Instant now)
    {
        if (IsActive && !_wasActive)
        {
            _activeSince = now;
            _sender.RestartWait(now);
        }

        _wasActive = IsActive;
    }

    private void Nudge(Instant now)
    {
        _nudge++;
        _nudgedAt = now;
        _controlDue = true;
        AuditDue |= HasUnacked;
    }

    private void TakeControl(in ControlPart part, ReadOnlySpan<byte> tag, Instant now)
    {
        if (part.Number <= _peerControlNumber || !_sender.TryGetTag(part.Ack, out Tag ackTag))
            return;
        Span<byte> binding = stackalloc byte[PacketBinding.ControlBytes];
        PacketBinding.WriteControl(binding, part, ackTag);
        if (!_sealer.TryOpen(SealKind.Control, part.Number, binding, default, tag, default))
            return;
        _peerControlNumber = part.Number;
        NoteHeard(now);
        _sender.HandleAck(part.Ack, now);
        _nudgeSatisfied = Math.Max(_nudgeSatisfied, Math.Min(part.Answer, _nudge));
        if (part.Nudge <= _peerNudge)
            return;
        _peerNudge = part.Nudge;
        _answerDue = true;
        AuditDue |= HasUnacked;
    }

    private void TakePacket(in PacketHeader header, ReadOnlySpan<byte> frames, Instant now)
    {
        NoteHeard(now);
        _answerShown = false;
        _sender.HandleAck(header.Ack, now);
        _ackDue |= (header.Flags & PacketFlags.AckRequested) != 0;
        string? broken = Streams.Intake.Take(frames);
        while (Streams.Intake.Reports.TryDequeue(out AlphabetReport report))
            _choice.HandleReport(report, now);
        if (broken is not null)
        {
            End = new(LinkEndReason.ProtocolError, $"The peer broke the protocol: {broken}.");
        }
        else if (Streams.Intake.PeerClose is { } close)
        {
            End = new(
                LinkEndReason.ClosedByPeer, close.Text.Length == 0 ? "The peer has closed the link." : close.Text);
        }
    }

    private void NoteHeard(Instant now)
    {
        _lastHeard = now;
        HeardCount++;
        _nudgeSatisfied = _nudge;
        IsConfirmed = true;
    }
}
