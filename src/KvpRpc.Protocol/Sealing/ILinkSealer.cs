namespace KvpRpc.Protocol.Sealing;

/// <summary>Seals what one side of an open link writes, and opens what its peer has sealed.</summary>
/// <remarks>
/// Plaintext and ciphertext have the same length and may be the same memory (a text that does not open is then lost);
/// they may not overlap otherwise, and the tag and the associated data may not overlap with an output. A call allocates
/// nothing, save when the keys move on. One caller at a time. Disposal erases the keys of both directions.
/// </remarks>
internal interface ILinkSealer : IDisposable
{
    /// <summary>Length of a tag, in bytes.</summary>
    const int TagBytes = 16;

    /// <summary>Seals with the key of the own direction.</summary>
    /// <param name="kind">What is sealed; each kind has numbers and keys of its own.</param>
    /// <param name="number">
    /// Must be greater than every number of this kind that was sealed before: a number is sealed once, and keys that
    /// lie behind are erased. Gaps are allowed, up to 64 epochs of 1,024 numbers, as far as the peer can follow.
    /// </param>
    /// <param name="associatedData">Known to both sides, not written into the ciphertext, and bound to it.</param>
    /// <param name="plaintext">The bytes to seal.</param>
    /// <param name="ciphertext">Receives the sealed bytes.</param>
    /// <param name="tag">Receives the tag, <see cref="TagBytes"/> long.</param>
    /// <exception cref="InvalidOperationException">The number is not greater than the last, or leaps.</exception>
    void Seal(
        SealKind kind,
        ulong number,
        ReadOnlySpan<byte> associatedData,
        ReadOnlySpan<byte> plaintext,
        Span<byte> ciphertext,
        Span<byte> tag);

    /// <summary>Opens with the key of the peer's direction; a refusal changes nothing but the cleared output.</summary>
    /// <param name="kind">What was sealed.</param>
    /// <param name="number">
    /// The number it was sealed under. Once a number has opened, those of earlier epochs of its kind open no more:
    /// open in the order of the numbers. Gaps are allowed.
    /// </param>
    /// <param name="associatedData">What the peer bound to it.</param>
    /// <param name="ciphertext">The sealed bytes.</param>
    /// <param name="tag">The tag; one that is not <see cref="TagBytes"/> long does not verify.</param>
    /// <param name="plaintext">Receives the opened bytes, or zeros when they do not verify.</param>
    /// <returns>False when anything differs from what the peer has sealed.</returns>
    bool TryOpen(
        SealKind kind,
        ulong number,
        ReadOnlySpan<byte> associatedData,
        ReadOnlySpan<byte> ciphertext,
        ReadOnlySpan<byte> tag,
        Span<byte> plaintext);
}
