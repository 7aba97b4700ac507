using KvpRpc.Protocol.Sealing;

namespace KvpRpc.Protocol.Tests.Simulation;

/// <summary>The link's cryptography for the simulator: the same seed draws the same ids, keys and bytes.</summary>
/// <remarks>
/// Nothing is secret here. But whatever the real one finds is found: a change of kind, number, direction, associated
/// data, bytes or tag, another prologue or pre-shared key, and a number that the engine seals twice or backwards.
/// The text is scrambled, so that nobody reads a packet without opening it. The state of a generator can be copied,
/// since a checkpoint restores it with the rest of a VM.
/// </remarks>
internal sealed class SimulatedCrypto(ulong seed, ulong preSharedKey = 0) : ILinkCrypto
{
    /// <summary>The generator; two instances with equal state draw equal attempts.</summary>
    internal ulong State { get; set; } = seed;

    public IHandshakeAttempt BeginAttempt() =>
        new SimulatedAttempt(NextWord(), NextWord(), NextWord(), NextWord(), preSharedKey);

    private ulong NextWord() => KeyedHash.Mix(State += 0x9E37_79B9_7F4A_7C15);
}
