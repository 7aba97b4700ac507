using KvpRpc.Protocol.Alphabets;
using KvpRpc.Protocol.Hellos;
using KvpRpc.Protocol.Sealing;
using KvpRpc.Protocol.Streams;

namespace KvpRpc.Protocol.Links;

/// <summary>The protocol state of one side of a channel: link after link, as peers come and go. It does no I/O, reads
/// no clock, takes no lock and draws no random number.</summary>
/// <remarks>
/// Four kinds of member. Commands, what the application asks: <see cref="OpenStream"/>, <see cref="Send"/>,
/// <see cref="EndStream"/>, <see cref="ResetStream"/>, <see cref="Consume"/>, <see cref="Close"/>. Handlers, what has
/// happened: <see cref="BeginRead"/>, <see cref="HandleItem"/>, <see cref="EndRead"/>, the same for an audit,
/// <see cref="HandleWritten"/>, <see cref="HandleTimeout"/>. Outputs, to be drained after every command and handler:
/// <see cref="TryGetEvent"/>, <see cref="CollectWrites"/>, <see cref="AuditAt"/>, <see cref="NextTimeout"/>. Getters.
/// Time must not go backwards. Whatever the peer's table holds, no handler throws.
/// </remarks>
internal sealed class LinkEngine : IDisposable
{
    private readonly LinkOptions _options;
    private readonly OwnItems _items;
    private readonly Handshake _handshake;
    private readonly Settlement _settlement;
    private readonly Queue<LinkEvent> _events = new();
    private readonly byte[] _decoded = new byte[2048];
    private OpenLink? _link;
    private string? _unexpectedHello;
    private string? _shownHello;
    private string? _tableObstacle;
    private TimeSpan _auditAfter;
    private Instant _auditBase;
    private Instant _openedAt;
    private int _brokenLinks;
    private bool _mustReadAgain;

    internal LinkEngine(LinkOptions options, ILinkCrypto crypto, Instant now)
    {
        options.Validate();
        _options = options;
        _items = new(options);
        _settlement = new(options.Rules);
        _handshake = new(options, _items, crypto);
        ResetAudit(now);
    }

    internal LinkState State { get; private set; }

    /// <summary>Gets what stands in the way of a link, for people; null when nothing is known.</summary>
    internal string? Obstacle => State == LinkState.Open ? null : _tableObstacle ?? _handshake.Obstacle;

    /// <summary>Gets the streams of the link that carries them now; null when there is none.</summary>
    internal StreamSet? Streams =>
        _link is { End: null } && (_options.IsHost || _link.IsConfirmed) ? _link.Streams : null;

    /// <summary>Gets the peer's hello of the current link.</summary>
    internal Hello? Peer => _link is null ? null : _handshake.Peer;

    /// <summary>Gets the widest alphabet proven for the own direction of the link; null when there is none.</summary>
    internal Alphabet? WidestAlphabet => _link?.Choice.Widest;

    /// <summary>Gets what the engine holds now.</summary>
    internal LinkMemory Memory => LinkMemory.Of(_items, _link, _events);

    internal LinkMeasures Measures => _items.Measures;

    /// <summary>Gets how many packets lie in the own table unacknowledged.</summary>
    internal int Unacknowledged => _items.HeldCount;

    internal string KeyPrefix => _items.Prefix;

    internal bool IsOwnKey(string key) => _items.IndexOf(key) >= 0;

    /// <summary>Gets whether a stream is open or a handshake under way, so that the next read should come soon where
    /// nothing wakes the reader.</summary>
    internal bool IsBusy => _link is { IsActive: true } || _handshake.AwaitsAnswer || IsUneasy;

    /// <summary>Gets whether the last read showed something odd, so that the table must be read again soon, even where
    /// a change wakes the reader: the oddity counts only if it lasts (rule 5).</summary>
    internal bool IsUneasy => _link is { IsUneasy: true } || _unexpectedHello is not null || _mustReadAgain;

    /// <summary>Gets a number that has changed when a read has shown something new.</summary>
    internal ulong HeardCount => (_link?.HeardCount ?? 0) + _handshake.HeardCount;

    /// <summary>Gets when the own table should next be read back; a write that nobody answers may not be there (rule
    /// 3).</summary>
    internal Instant AuditAt
    {
        get
        {
            if (State == LinkState.Closed || !_options.Rules.AuditsOwnTable)
                return Instant.Never;
            if (_link is null)
                return _auditBase + _auditAfter;
            if (_link.AuditDue)
                return _auditBase;
            if (!_link.IsWaiting)
                return Instant.Never;
            return _link.WaitingSince > _auditBase
                ? _link.WaitingSince + _options.AuditAfter
                : _auditBase + _auditAfter;
        }
    }

    /// <summary>Gets when <see cref="HandleTimeout"/> must be called at the latest.</summary>
    internal Instant NextTimeout =>
        State == LinkState.Closed
            ? Instant.Never
            : Instant.Earlier(_handshake.NextTimeout, _link?.NextTimeout ?? Instant.Never);

    /// <summary>Gives when there is something to write: now, later (an item that did not land, or is in doubt), or
    /// never; never also when only the peer can free a slot.</summary>
    internal Instant WriteAt(Instant now) =>
        State == LinkState.Closed
            ? Instant.Never
            : Instant.Earlier(_link?.WriteAt(now) ?? Instant.Never, _items.NextRetry(now));

    /// <summary>Opens a stream on the current link; null when there is none.</summary>
    internal EngineStream? OpenStream(string name, byte priority, object? owner) =>
        Streams?.Open(name, priority, owner);

    /// <summary>Sends a message; false when the stream is closed. See <see cref="StreamSet.Send"/>.</summary>
    internal bool Send(EngineStream stream, ReadOnlyMemory<byte> message, bool endOfStream) =>
        IsOfCurrentLink(stream) && stream.Set.Send(stream, message, endOfStream);

    internal bool EndStream(EngineStream stream) => IsOfCurrentLink(stream) && stream.Set.End(stream);

    internal void ResetStream(EngineStream stream, uint code)
    {
        if (IsOfCurrentLink(stream))
            stream.Set.Reset(stream, code);
    }

    internal void Consume(EngineStream stream, int bytes)
    {
        if (IsOfCurrentLink(stream))
            stream.Set.Consume(stream, bytes);
    }

    /// <summary>Closes the channel: one more write tells the peer, if there is a link.</summary>
    internal void Close(string text)
    {
        if (_link is { IsConfirmed: true })
            _link.Close(text);
        else
            Finish(new(LinkEndReason.Closed, text));
    }

    /// <summary>Ends the channel after the last write of <see cref="Close"/>, or without it.</summary>
    internal void Finish(LinkEnd end)
    {
        if (_link is not null)
            DropLink(end);
        State = LinkState.Closed;
    }

    internal void BeginRead()
    {
        _shownHello = null;
        _mustReadAgain = false;
        _link?.BeginRead();
    }

    /// <summary>Takes one item of the peer's table; items that are not this channel's are ignored.</summary>
    internal void HandleItem(ReadOnlySpan<char> key, ReadOnlySpan<char> text, Instant now)
    {
        int index = _items.IndexOf(key);
        if (index < 0 || text.Length < 2 || State == LinkState.Closed)
            return;
        if (text[0] == Handshake.HelloMark)
            _shownHello = index == 0 ? _handshake.Remember(text) : _shownHello;
        else if (_link is { } link && !link.IsSeen(index, text)
            && link.Proofs.TryRead(index, text, _decoded, out Alphabet? alphabet, out int count))
            link.HandleItem(index, alphabet, _decoded.AsSpan(0, count), now);
    }

    internal void EndRead(Instant now)
    {
        if (State == LinkState.Closed)
            return;
        if (_link is not null)
        {
            _link.ShowsHello = _shownHello is not null && _handshake.IsOfCurrentLink(_shownHello);
            _link.EndRead(now);
            FollowLink(now);
        }

        if (_shownHello is { } hello)
            HandleHello(hello, now);
        else
            _unexpectedHello = null;
    }

    internal void BeginAudit() => _items.BeginAudit();

    internal void HandleAudited(ReadOnlySpan<char> key, ReadOnlySpan<char> text)
    {
        int index = _items.IndexOf(key);
        if (index >= 0)
            _items.HandleAudited(index, text);
    }

    internal void EndAudit(Instant now)
    {
        _items.EndAudit();
        if (_items.ForeignControls > 1)
            _tableObstacle = "Another process writes this side's items of the channel: only one may have it.";
        if (_link is not null && _link.WaitingSince > _auditBase)
            _auditAfter = _options.AuditAfter;
        _auditBase = now;
        _auditAfter = TimeSpan.FromTicks(Math.Min(_auditAfter.Ticks * 2, _options.MaxAuditAfter.Ticks));
        if (_link is not null)
            _link.AuditDue = false;
    }

    /// <summary>Seals all that is to be written and gives the items, at most <paramref name="max"/>, in flight from now
    /// on until <see cref="HandleWritten"/> has been called for each.</summary>
    internal void CollectWrites(List<OwnItem> batch, int max, Instant now)
    {
        if (State == LinkState.Closed)
            return;
        _items.CollectDirty(batch, max, now);
        _link?.CollectWrites(batch, max, now);
        _link?.CollectIdle(batch, max, now);
        foreach (OwnItem item in batch)
            item.Issue(Measures);

        FollowLink(now);
    }

    /// <summary>Takes what came of the write of one item.</summary>
    internal void HandleWritten(OwnItem item, WriteResult result, Instant now)
    {
        _items.HandleWritten(item, result, now);
        if (result == WriteResult.Refused && item is { Index: 0, Failures: > 1 })
            _tableObstacle = "The own table does not take this channel's items: it is full, or not writable.";
        else if (result == WriteResult.Landed && item.Index == 0 && _items.ForeignControls == 0)
            _tableObstacle = null;
        _link?.Choice.HandleWritten(item, now);
        _handshake.HandleWritten(item);
    }

    internal void HandleTimeout(Instant now)
    {
        if (State == LinkState.Closed)
            return;
        _link?.HandleTimeout(now);
        FollowLink(now);
        if (!_handshake.HandleTimeout(now))
            return;
        // A guest whose answer was never used shows itself anew.
        if (_link is not null)
            DropLink(new(LinkEndReason.PeerSilent, "The host has not used this side's answer."));
        State = LinkState.Greeting;
        _mustReadAgain = !_options.IsHost;
        ResetAudit(now);
    }

    /// <summary>Takes note that this side may be a copy, or a past, of another: the VM's generation id has changed, or
    /// the clock has jumped. Nothing is delivered, and nothing new is issued, until the peer has echoed a fresh nonce
    /// (rule 9).</summary>
    /// <param name="now">The time.</param>
    /// <param name="freshNonce">A random number drawn after the suspicion arose.</param>
    internal void HandleSuspicion(Instant now, ulong freshNonce)
    {
        if (State == LinkState.Closed || !_options.Rules.ProvesFreshness)
            return;
        if (_link is { IsConfirmed: true, End: null })
        {
            _link.Suspect(freshNonce, now);
            return;
        }

        if (_link is not null)
            DropLink(new(LinkEndReason.Suspected, "This side may have been rolled back before the link was open."));
        State = LinkState.Greeting;
        _handshake.DrawAnew();
        _mustReadAgain = true;
        ResetAudit(now);
    }

    internal bool TryGetEvent(out LinkEvent linkEvent) => _events.TryDequeue(out linkEvent);

    public void Dispose()
    {
        _link?.Dispose();
        _handshake.Dispose();
    }

    // Streams of a link that has ended may still be in the application's hands.
    private bool IsOfCurrentLink(EngineStream stream) => _link is { End: null } && stream.Set == _link.Streams;

    private void HandleHello(string text, Instant now)
    {
        if (_link is not null)
        {
            if (_handshake.IsOfCurrentLink(text))
            {
                _unexpectedHello = null;
                return;
            }

            // One odd read is ignored (rule 5): a link that is open ends only at the second.
            if (_link.IsConfirmed && _unexpectedHello != text && _options.Rules.IgnoresOneOddRead)
            {
                _unexpectedHello = text;
                return;
            }

            EndLink(new(LinkEndReason.PeerRestarted, "The peer has begun a new life."), now);
        }

        _unexpectedHello = null;
        if (_handshake.Handle(text, now) is { } keys)
            BeginLink(keys, now);
    }

    private void BeginLink(HandshakeResult keys, Instant now)
    {
        if (_settlement.Take(keys.Peer) is { } settled)
            _events.Enqueue(settled);
        StreamSet streams = new(_options, keys.Peer.Limits, _events);
        AlphabetChoice choice = new(_options, _items, _handshake.Bans.Writes(keys.Peer.Alphabets), keys.LinkId);
        _link = new(_options, _items, streams, keys.Sealer, keys.LinkId, choice, now);
        State = LinkState.Confirming;
        ResetAudit(now);
        if (_options.IsHost)
            _events.Enqueue(new(LinkEventKind.Opened) { Peer = keys.Peer, LinkId = keys.LinkId });
    }

    /// <summary>Follows the link where it has gone: confirmed, or to its end.</summary>
    private void FollowLink(Instant now)
    {
        if (_link is null)
            return;
        if (State == LinkState.Confirming && _link.IsConfirmed)
        {
            State = LinkState.Open;
            _openedAt = now;
            _handshake.NoteOpen();
            ResetAudit(now);
            if (!_options.IsHost)
                InsertOpened();
        }

        if (_link.End is { } end)
        {
            // A guest that has only answered waits for the host's next hello: redrawing would chase it (rule 8).
            if (!_options.IsHost && !_link.IsConfirmed)
            {
                _handshake.Obstacle = end.Text;
                return;
            }

            EndLink(end, now);
        }
    }

    // The first packet may already have brought streams: the driver learns of the link before them.
    private void InsertOpened()
    {
        int count = _events.Count;
        _events.Enqueue(new(LinkEventKind.Opened) { Peer = _handshake.Peer, LinkId = _link!.Id });
        for (int i = 0; i < count; i++)
            _events.Enqueue(_events.Dequeue());
    }

    private void EndLink(LinkEnd end, Instant now)
    {
        bool wasShort = end.Reason is not LinkEndReason.ClosedByPeer and not LinkEndReason.PeerRestarted
            && (State != LinkState.Open || now - _openedAt < _options.KeepaliveAfter);
        _brokenLinks = wasShort ? _brokenLinks + 1 : 0;
        _settlement.Note(_handshake.OwnId, _link!);
        _handshake.Bans.HandleEnd(_link!.Proofs, _link.Choice);
        // A link that is not confirmed may never have been one: another life may have answered the same hello.
        LastAccepted? last = _link.IsConfirmed ? new(_handshake.Peer!.AttemptId, _link.Accepted) : null;
        DropLink(end);
        State = LinkState.Greeting;
        _handshake.Restart(last, _brokenLinks, now);
        ResetAudit(now);
    }

    private void DropLink(LinkEnd end)
    {
        bool wasAnnounced = _options.IsHost || State == LinkState.Open;
        ulong acked = _link!.Acked;
        _link.Dispose();
        _link = null;
        _items.FreeAll(default);
        Measures.HandleEnd();
        if (wasAnnounced)
            _events.Enqueue(new(LinkEventKind.Ended) { End = end, Accepted = acked });
        _handshake.Obstacle = end.Text;
    }

    private void ResetAudit(Instant now)
    {
        _auditBase = now;
        _auditAfter = _options.AuditAfter;
    }
}
