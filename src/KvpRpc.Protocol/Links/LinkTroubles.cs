namespace KvpRpc.Protocol.Links;

/// <summary>What is wrong with what the peer's table shows, and when that has lasted too long (rule 5); and whether
/// the own table has room (rule 14).</summary>
internal sealed class LinkTroubles(
    LinkOptions options, OwnItems items, PacketReceiver receiver, AlphabetProofs proofs)
{
    private Instant? _unreadableSince;
    private Instant? _gapSince;

    /// <summary>Gets whether the last read showed something that counts only if it lasts.</summary>
    internal bool IsUneasy =>
        _unreadableSince is not null || _gapSince is not null || proofs.GarbledSince is not null || proofs.IsUneasy;

    /// <summary>Gets when the link must end if nothing changes.</summary>
    internal Instant EndsAt => items.IsStuck ? default : Instant.Earlier(
        End(_gapSince, options.GapAfter),
        Instant.Earlier(End(_unreadableSince, BadItemAfter), End(proofs.GarbledSince, BadItemAfter)));

    private TimeSpan BadItemAfter => options.Rules.IgnoresOneOddRead ? options.BadItemAfter : default;

    /// <summary>Takes note of what the read has shown that ends now.</summary>
    internal void EndRead(Instant now)
    {
        _unreadableSince = receiver.SawUnreadable ? _unreadableSince ?? now : null;
        _gapSince = !receiver.SawUnreadable && receiver.SawGap ? _gapSince ?? now : null;
        proofs.EndRead(now);
    }

    /// <summary>Gives why the link must end now; null while it need not.</summary>
    internal LinkEnd? Judge(bool isConfirmed, Instant now)
    {
        if (items.IsStuck)
            return new(LinkEndReason.TableFull, "The own table takes no further item.");
        if (End(_unreadableSince, BadItemAfter) <= now)
        {
            proofs.BlameUnreadable();
            return new(LinkEndReason.Unreadable, isConfirmed
                ? "The peer's next packet cannot be opened: the peer was rolled back, or its table was altered."
                : "The peer's first packet cannot be opened: both sides must have the same pre-shared key, or none.");
        }

        if (End(proofs.GarbledSince, BadItemAfter) <= now)
        {
            proofs.BlameGarbled();
            return new(LinkEndReason.Unreadable, "The medium no longer carries the characters of the peer's texts.");
        }

        if (End(_gapSince, options.GapAfter) > now)
            return null;
        proofs.BlameMissing();
        return new(LinkEndReason.PeerRolledBack, "A packet of the peer stayed missing while later ones were there.");
    }

    private Instant End(Instant? since, TimeSpan after) =>
        since is { } begun && options.Rules.EndsBrokenLinks ? begun + after : Instant.Never;
}
