namespace KvpRpc.Protocol.Links;

/// <summary>Brings the own table down to few items once a link rests: every item that exists costs the peer's every
/// read (rule 1).</summary>
/// <remarks>
/// What a burst leaves is cleared away once, after a while without a stream: at most one nudge, where packets are
/// unacknowledged, and one batch of deletions. A single item beside the control item may stay, since calls of both
/// sides in turn need it again and again: so far apart as they may be, they cost no write of this kind.
/// </remarks>
internal sealed class LinkRest(LinkOptions options, OwnItems items, Instant began)
{
    /// <summary>How many items beside the control item, or unacknowledged packets, are left as they are.</summary>
    private const int FewItems = 1;

    private Instant _since = Instant.Never;
    private bool _hasAsked;
    private bool _isStockTaken;

    internal Instant NextTimeout => Instant.Earlier(AskAt, TakeStockAt);

    // The peer is asked for the acknowledgement of what it has long taken.
    private Instant AskAt => _hasAsked || items.HeldCount <= FewItems ? Instant.Never : BeginsAt;

    /// <summary>Gets when the own table should be read back, once a link: writes of an earlier process may have landed
    /// after this one has looked.</summary>
    internal Instant TakeStockAt => _isStockTaken ? Instant.Never : Later(BeginsAt, began + options.DoubtAfter);

    // One side asks first: its question acknowledges what the other side holds.
    private Instant BeginsAt => _since + (options.IsHost ? options.TidyAfter : options.TidyAfter * 1.5);

    /// <summary>Takes note of whether a stream is open, or the link must still prove itself.</summary>
    internal void Note(bool isActive, Instant now)
    {
        if (isActive)
            (_since, _hasAsked) = (Instant.Never, false);
        else if (_since == Instant.Never)
            _since = now;
    }

    /// <summary>Whether it is time to ask; each rest once.</summary>
    internal bool Ask(Instant now) => AskAt <= now && (_hasAsked = true);

    /// <summary>Whether it is time to read back the own table; each link once.</summary>
    internal bool TakeStock(Instant now) => TakeStockAt <= now && (_isStockTaken = true);

    /// <summary>Whether the link has rested so long that nothing of the burst before will be needed.</summary>
    internal bool HasLasted(Instant now) => _since + options.TidyAfter <= now;

    /// <summary>Gives when the items that hold nothing needed should be deleted by a write for that alone.</summary>
    /// <param name="isAsked">Whether the peer has not answered yet: its answer may free more of them.</param>
    internal Instant CleanAt(bool isAsked)
    {
        if (_since == Instant.Never)
            return Instant.Never;
        return Later(items.AllIdleAt(FewItems), isAsked ? BeginsAt + options.LostAfter : BeginsAt);
    }

    private static Instant Later(Instant left, Instant right) => left > right ? left : right;
}
