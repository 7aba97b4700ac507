namespace KvpRpc.Protocol.Links;

/// <summary>Brings the own table down to few items once a link rests: every item that exists costs the peer's every
/// read (rule 1).</summary>
/// <remarks>
/// What a burst leaves is cleared away once, after a while without a stream: at most one nudge, where packets are
/// unacknowledged, and one batch of deletions. A single item beside the control item may stay, since calls of both
/// sides in turn need it again and again: so far apart as they may be, they cost no write of this kind.
/// </remarks>
internal sealed class LinkRest(LinkOptions options, OwnItems items)
{
    /// <summary>How many items beside the control item, or unacknowledged packets, are left as they are.</summary>
    private const int FewItems = 1;

    private Instant _since = Instant.Never;
    private bool _hasAsked;

    /// <summary>Gets when the peer should be asked for the acknowledgement of what it has long taken.</summary>
    internal Instant AskAt => _hasAsked || items.HeldCount <= FewItems ? Instant.Never : BeginsAt;

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

    internal void NoteAsked() => _hasAsked = true;

    /// <summary>Whether the link has rested so long that nothing of the burst before will be needed.</summary>
    internal bool HasLasted(Instant now) => _since + options.TidyAfter <= now;

    /// <summary>Gives when the items that hold nothing needed should be deleted by a write for that alone.</summary>
    /// <param name="isAsked">Whether the peer has not answered yet: its answer may free more of them.</param>
    internal Instant CleanAt(bool isAsked)
    {
        if (_since == Instant.Never)
            return Instant.Never;
        Instant possible = items.AllIdleAt(FewItems);
        Instant wanted = isAsked ? BeginsAt + options.LostAfter : BeginsAt;
        return possible > wanted ? possible : wanted;
    }
}
