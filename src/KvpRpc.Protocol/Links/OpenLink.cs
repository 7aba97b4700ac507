using KvpRpc.Protocol.Alphabets;
using KvpRpc.Protocol.Packets;
using KvpRpc.Protocol.Sealing;
using KvpRpc.Protocol.Streams;

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
    private static readonly TimeSpan IdleItemAfter = TimeSpan.FromSeconds(2);

    private readonly LinkOptions _options;
    private readonly OwnItems _items;
    private readonly ILinkSealer _sealer;
    private readonly PacketSender _sender;
    private readonly PacketReceiver _receiver;
    private readonly LinkTroubles _troubles;
    private readonly LinkRest _rest;
    private Instant _lastHeard;
    private Instant _nudgedAt;
    private Instant _peerNudgedAt;
    private Instant _activeSince;
    private bool _wasActive;
    private ulong _nudge;
    private ulong _nudgeSatisfied;
    private ulong _peerNudge;
    private ulong _peerControlNumber;
    private ulong _peerControlAck;
    private bool _answerDue;
    private bool _answerShown;
    private bool _ackDue;
    private bool _controlDue;
    private bool _openingPacketDue;
    private bool _mustReadAgain;
    private ulong _proof;

    internal OpenLink(
        LinkOptions options, OwnItems items, StreamSet streams, ILinkSealer sealer, uint linkId, AlphabetChoice choice,
        Instant now)
    {
        _options = options;
        _items = items;
        _sealer = sealer;
        Id = linkId;
        Streams = streams;
        Choice = choice;
        Proofs = new(linkId);
        _sender = new(options, items, sealer, linkId, choice);
        _receiver = new(sealer, _sender, options);
        _troubles = new(options, items, _receiver, Proofs);
        _rest = new(options, items, now);
        _lastHeard = now;
        // The host's first packet opens the link for the guest, even when there is nothing to say yet.
        _openingPacketDue = options.IsHost;
    }

    /// <summary>Gets what tells the link from those of the past, on both sides.</summary>
    internal uint Id { get; }

    internal StreamSet Streams { get; }

    /// <summary>Gets which alphabet the own direction is written in.</summary>
    internal AlphabetChoice Choice { get; }

    /// <summary>Gets what comes through of the peer's alphabets.</summary>
    internal AlphabetProofs Proofs { get; }

    /// <summary>Gets whether a sealed item of the peer has been opened: from then on the link is open.</summary>
    internal bool IsConfirmed { get; private set; }

    /// <summary>Gets why the link must end; null while it need not.</summary>
    internal LinkEnd? End { get; private set; }

    /// <summary>Gets whether the own table should be read back soon: a nudge came while packets wait.</summary>
    internal bool AuditDue { get; set; }

    /// <summary>Gets how many packets and control parts of the peer were accepted.</summary>
    internal ulong HeardCount { get; private set; }

    internal long HeldBytes => _receiver.HeldBytes;

    internal ulong Accepted => _receiver.Accepted;

    /// <summary>Gets the highest packet number up to which the peer is known to have accepted all.</summary>
    internal ulong Acked => _sender.Acked;

    /// <summary>Gets whether something that was written should have been answered.</summary>
    internal bool IsWaiting => !IsConfirmed || (IsActive && (_sender.HasUnacked || IsNudgeOpen));

    /// <summary>Gets since when it should have been.</summary>
    internal Instant WaitingSince => _sender.HasUnacked ? _sender.UnackedSince : _nudgedAt;

    /// <summary>Gets whether silence means something: a stream is open, the peer has not confirmed the link, or must
    /// prove that it goes on.</summary>
    internal bool IsActive => Streams.ActiveCount > 0 || !IsConfirmed || _proof != 0 || ShowsHello;

    /// <summary>Gets or sets whether the last read has shown the hello that the link was opened with: a peer that is
    /// open has written over it, but one that was rolled back has not.</summary>
    internal bool ShowsHello { get; set; }

    /// <summary>Gets whether the next read should come soon, although nothing may wake a reader.</summary>
    internal bool IsUneasy => _mustReadAgain || _troubles.IsUneasy;

    internal Instant NextTimeout
    {
        get
        {
            // A guest's link that has ended unconfirmed stays until the host's next hello.
            if (End is not null)
                return Instant.Never;
            Instant next = _troubles.EndsAt;
            bool isAsked = _proof != 0 || IsNudgeOpen;
            if (_proof == 0 && !MayNudge)
                return Instant.Earlier(next, isAsked ? _rest.TakeStockAt : _rest.NextTimeout);
            return Instant.Earlier(next, isAsked ? _nudgedAt + _options.LostAfter : NudgeAt);
        }
    }

    private bool WantsPacket => (Streams.Filler.HasUrgent || _openingPacketDue) && _proof == 0;

    // A guest's hello must stay in its control item until the host has used it.
    private bool MayNudge => IsActive && (IsConfirmed || _options.IsHost);

    private bool IsNudgeOpen => _nudge > _nudgeSatisfied;

    // One side asks first, or both would ask at the same moment for ever.
    private TimeSpan KeepaliveAfter => _options.IsHost ? _options.KeepaliveAfter : _options.KeepaliveAfter * 1.5;

    // Silence before there was something to wait for means nothing.
    private Instant SilentSince => _lastHeard > _activeSince ? _lastHeard : _activeSince;

    // A peer that speaks but does not acknowledge what is in a wide alphabet may not see it: it is asked.
    private Instant NudgeAt
    {
        get
        {
            Instant silent = SilentSince + KeepaliveAfter;
            if (Choice.Widest.Number == 0 || !_sender.HasUnacked)
                return silent;
            Instant since = _sender.UnackedSince > _nudgedAt ? _sender.UnackedSince : _nudgedAt;
            return Instant.Earlier(silent, since + _options.KeepaliveAfter);
        }
    }

    /// <summary>Gives when there is something to write: now, when a slot takes it, or never.</summary>
    internal Instant WriteAt(Instant now)
    {
        if (End is not null)
            return Instant.Never;
        if ((_ackDue || _answerDue || _controlDue) && MayWriteControl(now))
            return now;
        Instant free = WantsPacket ? _sender.SlotAt(Streams.Filler, now) : Instant.Never;
        return IsConfirmed ? Instant.Earlier(free, _rest.CleanAt(IsNudgeOpen)) : free;
    }

    /// <inheritdoc cref="SeenItems.IsSeen"/>
    internal bool IsSeen(int index, ReadOnlySpan<char> text) =>
        SeenItems.IsSeen(text, index, Id, _peerControlNumber, _receiver);

    /// <summary>Delivers nothing more until the peer has echoed a fresh nonce: this side may be a past (rule
    /// 9).</summary>
    internal void Suspect(ulong freshNonce, Instant now)
    {
        if (!_options.Rules.ProvesFreshness)
            return;
        _nudge += 1 + (freshNonce % (ItemLayout.NumberLimit / 4));
        _nudgedAt = now;
        _proof = _nudge;
        _controlDue = true;
    }

    internal void BeginRead()
    {
        _mustReadAgain = false;
        Proofs.BeginRead();
        _receiver.BeginRead();
    }

    /// <summary>Takes one item of the peer; one of another link, an earlier one, is the past and says
    /// nothing.</summary>
    internal void HandleItem(int index, Alphabet alphabet, ReadOnlySpan<byte> bytes, Instant now)
    {
        if (End is not null || !ItemParts.TryRead(bytes, out ItemParts item) || item.LinkId != Id)
            return;
        if (item.HasControl && index == 0)
            TakeControl(item.Control, item.ControlTag, now);
        if (!item.HasPacket || _proof != 0 || !_receiver.MayStandIn(index, item.Packet))
            return;
        bool sawUnreadable = _receiver.SawUnreadable;
        if (_receiver.TryTake(item.Packet, out PacketHeader header, out ReadOnlySpan<byte> frames))
            TakePacket(header, frames, now);
        else if (!sawUnreadable && _receiver.SawUnreadable)
            Proofs.HandleUnreadable(alphabet);
    }

    internal void EndRead(Instant now)
    {
        while (End is null && _receiver.TryTakeHeld(out PacketHeader header, out ReadOnlySpan<byte> frames))
            TakePacket(header, frames, now);
        _troubles.EndRead(now);
        while (IsConfirmed && Proofs.TryGetReport(out AlphabetReport report))
            Streams.Filler.QueueReport(report);
        _receiver.EndRead();
        HandleTimeout(now);
    }

    internal void HandleTimeout(Instant now)
    {
        if (End is not null)
            return;
        NoteActivity(now);
        if (_proof != 0 && _nudgedAt + _options.LostAfter <= now)
        {
            End = new(LinkEndReason.Suspected, "This side may have been rolled back, and the link did not go on.");
        }
        else if (_troubles.Judge(IsConfirmed, now) is { } trouble)
        {
            End = trouble;
        }
        else if (MayNudge && IsNudgeOpen && _nudgedAt + _options.LostAfter <= now)
        {
            End = new(LinkEndReason.PeerSilent, "The peer has not answered.");
        }
        else if (MayNudge && _proof == 0 && !IsNudgeOpen && NudgeAt <= now)
        {
            Nudge(now);
        }
        else if (!MayNudge && IsConfirmed)
        {
            AuditDue |= _rest.TakeStock(now);
            if (!IsNudgeOpen && _rest.Ask(now))
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
        while (batch.Count < max && WantsPacket)
        {
            OwnItem? slot = _sender.FindSlot(Streams.Filler, now);
            if (slot is null
                || !_sender.TrySeal(
                    slot, Streams.Filler, _openingPacketDue, _receiver.Accepted, _receiver.AcceptedTag, now))
                break;
            _openingPacketDue = false;
            _ackDue = false;
            if (slot.Index == 0)
                _controlDue |= _answerShown || IsNudgeOpen;
            if (!batch.Contains(slot))
                batch.Add(slot);
        }

        if (!IsConfirmed && _options.IsHost && _nudge == 0 && Streams.ActiveCount == 0 && _sender.Issued > 0)
            Nudge(now);
        if (IsConfirmed)
            Choice.CollectProbe(batch, max, _sender, now);
        if (_sender.NumbersUsedUp || _nudge >= ItemLayout.NumberLimit / 2)
            End = new(LinkEndReason.NumbersUsedUp, "The link has used up its numbers.");
        if (!(_controlDue || _ackDue || wasAnswerDue) || !MayWriteControl(now))
            return;
        bool isAdded = batch.Contains(_items.Control);
        if (!isAdded && batch.Count >= max)
            return;
        if (!isAdded)
            batch.Add(_items.Control);
        _sender.WriteControl(_receiver.Accepted, _receiver.AcceptedTag, _nudge, _peerNudge);
        _answerShown = _answerShown || wasAnswerDue;
        _controlDue = _ackDue = _answerDue = false;
    }

    /// <summary>Adds deletions of items that hold nothing needed, if it is time for them.</summary>
    internal void CollectIdle(List<OwnItem> batch, int max, Instant now)
    {
        if (End is not null || !IsConfirmed)
            return;
        NoteActivity(now);
        // On a host a deletion is a call of its own: only at rest, once. A guest's rides on any write.
        if (_rest.CleanAt(IsNudgeOpen) <= now)
            _items.CollectIdle(batch, max, idleAfter: default, now);
        else if (!_options.IsHost && batch.Count > 0)
            _items.CollectIdle(batch, max, _rest.HasLasted(now) ? default : IdleItemAfter, now);
    }

    internal void Close(string text) => Streams.Filler.QueueClose(new(Code: 0, text));

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
            // What was asked at rest may be answered late; from now on it must be.
            _nudgedAt = IsNudgeOpen && _proof == 0 ? now : _nudgedAt;
        }

        _wasActive = _items.Measures.IsActive = IsActive;
        _rest.Note(_wasActive, now);
    }

    private bool MayWriteControl(Instant now) => !_items.Control.InFlight
        && (_options.Rules.ControlIsOutsideWindow || _items.FreeAt(reserve: 0, now) <= now);

    private void Nudge(Instant now)
    {
        _nudge++;
        _nudgedAt = now;
        _controlDue = true;
        AuditDue |= _sender.HasUnacked;
    }

    private void TakeControl(in ControlPart part, ReadOnlySpan<byte> tag, Instant now)
    {
        if (part.Number <= _peerControlNumber)
            return;
        Span<byte> binding = stackalloc byte[PacketBinding.ControlBytes];
        bool isKnown = _sender.TryGetTag(part.Ack, out Tag ackTag);
        PacketBinding.WriteControl(binding, part, ackTag);
        if (!isKnown || part.Ack < _peerControlAck
            || !_sealer.TryOpen(SealKind.Control, part.Number, binding, default, tag, default))
        {
            // News of a history that this side does not share: one of the two was rolled back.
            _receiver.NoteUnreadable();
            return;
        }

        _peerControlNumber = part.Number;
        _peerControlAck = part.Ack;
        bool answersNudge = IsNudgeOpen && part.Answer >= _nudge;
        NoteHeard(now);
        _sender.HandleAck(part.Ack, now);
        if (answersNudge)
            NoteAnswer(_nudgedAt, now);
        // What was passed over until now is read again.
        _mustReadAgain |= _proof != 0 && part.Answer == _proof;
        _proof = part.Answer == _proof ? 0 : _proof;
        if (part.Nudge <= _peerNudge)
            return;
        // The peer nudges again only when it has read the answer: that answers too, for a side that waits for nothing.
        if (_peerNudge > 0)
            NoteAnswer(_peerNudgedAt, now);
        _peerNudgedAt = now;
        _peerNudge = part.Nudge;
        _answerDue = true;
        AuditDue |= _sender.HasUnacked;
    }

    private void TakePacket(in PacketHeader header, ReadOnlySpan<byte> frames, Instant now)
    {
        NoteHeard(now);
        _answerShown = false;
        _sender.HandleAck(header.Ack, now);
        _ackDue |= (header.Flags & PacketFlags.AckRequested) != 0;
        string? broken = Streams.Intake.Take(frames);
        while (Streams.Intake.Reports.TryDequeue(out AlphabetReport report))
            Choice.HandleReport(report, now);
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

    private void NoteAnswer(Instant askedAt, Instant now)
    {
        if (Choice.HandleAnswer(_sender, askedAt, now))
            End = new(LinkEndReason.Unseen, "The peer answers but does not see a packet that lies in the own table.");
    }

    private void NoteHeard(Instant now)
    {
        _lastHeard = now;
        HeardCount++;
        _nudgeSatisfied = _nudge;
        IsConfirmed = true;
    }
}
