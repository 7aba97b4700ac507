namespace KvpRpc.Protocol.Links;

/// <summary>Which alphabets an engine does without after links have ended for them, as long as it lives (rule
/// 7).</summary>
/// <remarks>
/// A packet that cannot be opened, or stays missing, may also be that of a peer which was rolled back: it counts when
/// it ends two links on end.
/// </remarks>
internal sealed class AlphabetBans(byte carried, LinkRules rules)
{
    private int _suspects;
    private int _hidden;

    /// <summary>Gets the alphabets that this side still reads: bit n for number n.</summary>
    internal byte Reads { get; private set; } = carried;

    /// <summary>Gives which of those that the peer reads this side still writes.</summary>
    internal byte Writes(byte peerReads) => (byte)(peerReads & ~_hidden);

    internal void HandleEnd(AlphabetProofs proofs, AlphabetChoice choice)
    {
        if (!rules.BansFailedAlphabets)
            return;
        if (choice.Hidden is { } hidden)
            _hidden |= 1 << hidden.Number;
        int banned = proofs.IsCertain ? proofs.Blamed : proofs.Blamed & _suspects;
        Reads = (byte)(Reads & ~banned);
        _suspects = (_suspects & ~proofs.Proven) | proofs.Blamed;
    }
}
