using KvpRpc.Protocol.Links;

namespace KvpRpc.Protocol.Tests.Simulation;

/// <summary>The rules of the protocol that a world keeps to: those of the engine, and two that bind what is outside of
/// it. <c>RuleTests</c> takes each out.</summary>
internal sealed record SimulatedRules
{
    internal static readonly SimulatedRules All = new();

    internal LinkRules Engine { get; init; } = LinkRules.All;

    /// <summary>Gets whether the host's transport parts a batch by what exists, read back after a failure
    /// (c).</summary>
    internal bool PartsBatches { get; init; } = true;

    /// <summary>Gets whether a seal survives that its nonce is used again; if not, nonces are drawn from the process's
    /// generator, which a rollback restores (m).</summary>
    internal bool SealsSurviveRepetition { get; init; } = true;
}
