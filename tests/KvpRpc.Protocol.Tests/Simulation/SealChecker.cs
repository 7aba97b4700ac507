namespace KvpRpc.Protocol.Tests.Simulation;

/// <summary>Checks, on all timelines at once, that no two texts are sealed under one key and nonce where the seal does
/// not survive that (rule m).</summary>
internal sealed class SealChecker(bool survivesRepetition)
{
    private readonly Dictionary<(ulong Key, ulong Nonce), UInt128> _sealed = [];

    /// <summary>Gets whether nonces must be drawn, and each must be used once.</summary>
    internal bool WantsNonces => !survivesRepetition;

    internal void NoteSealed(ulong key, ulong nonce, UInt128 text)
    {
        if (!_sealed.TryAdd((key, nonce), text) && _sealed[(key, nonce)] != text)
            throw new SimulationException("Two texts were sealed under one key and nonce.");
    }
}
