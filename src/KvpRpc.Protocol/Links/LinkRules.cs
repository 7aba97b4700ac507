namespace KvpRpc.Protocol.Links;

/// <summary>Rules of the protocol that each close a hole. A product keeps to all; a test takes one out and sees that
/// the simulation finds the hole again. The letters are those of <c>protocol/link.md</c>; rules c and m bind what is
/// outside of the engine, the host's transport and the seal.</summary>
internal sealed record LinkRules
{
    internal static readonly LinkRules All = new();

    /// <summary>Gets whether a packet may stand in any item, so that a window is its writer's own (a).</summary>
    internal bool PlacesPacketsAnywhere { get; init; } = true;

    /// <summary>Gets whether new content waits until all earlier writes of its item have ended (b).</summary>
    internal bool WaitsForEarlierWrites { get; init; } = true;

    /// <summary>Gets whether the own table is read back when nobody answers (d).</summary>
    internal bool AuditsOwnTable { get; init; } = true;

    /// <summary>Gets whether the control part is written although every slot is full (e).</summary>
    internal bool ControlIsOutsideWindow { get; init; } = true;

    /// <summary>Gets whether one odd read is ignored (f).</summary>
    internal bool IgnoresOneOddRead { get; init; } = true;

    /// <summary>Gets whether what stays unreadable or missing ends the link (g).</summary>
    internal bool EndsBrokenLinks { get; init; } = true;

    /// <summary>Gets whether an alphabet that has failed is done without on later links (h).</summary>
    internal bool BansFailedAlphabets { get; init; } = true;

    /// <summary>Gets whether ids and keys are drawn afresh for every attempt (i).</summary>
    internal bool DrawsAfresh { get; init; } = true;

    /// <summary>Gets whether a side draws anew only for a hello that is new to it (j).</summary>
    internal bool AnswersHelloOnce { get; init; } = true;

    /// <summary>Gets whether acknowledgements bind the tag of the packet they name (k).</summary>
    internal bool BindsAcknowledgedTag { get; init; } = true;

    /// <summary>Gets whether a suspicion stops delivery until the peer has echoed a fresh nonce (l).</summary>
    internal bool ProvesFreshness { get; init; } = true;

    /// <summary>Gets whether only the peer's own word tells what it has not accepted (n).</summary>
    internal bool AsksPeerWhatRan { get; init; } = true;
}
