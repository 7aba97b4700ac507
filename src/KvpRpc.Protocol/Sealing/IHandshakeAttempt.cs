namespace KvpRpc.Protocol.Sealing;

/// <summary>What one side draws for one handshake attempt. Disposal erases the private key.</summary>
/// <remarks>
/// An attempt may be completed more than once (a guest that answers a new host hello without redrawing would do so):
/// every completion binds the prologue, so that other hello texts give other keys.
/// </remarks>
internal interface IHandshakeAttempt : IDisposable
{
    /// <summary>Length of <see cref="Id"/>, in bytes.</summary>
    const int IdBytes = 16;

    /// <summary>Length of <see cref="PublicKey"/>, in bytes.</summary>
    const int PublicKeyBytes = 32;

    /// <summary>The random id of this attempt.</summary>
    ReadOnlySpan<byte> Id { get; }

    /// <summary>The ephemeral X25519 public key of this attempt.</summary>
    ReadOnlySpan<byte> PublicKey { get; }

    /// <summary>Derives the keys of the link from both ephemeral keys and from all that the prologue names.</summary>
    /// <param name="peerPublicKey">The peer's ephemeral public key, from its hello.</param>
    /// <param name="prologue">What <see cref="HandshakePrologue.Encode"/> made.</param>
    /// <param name="isInitiator">True on the host, which always initiates.</param>
    /// <returns>
    /// The sealer of the link, or <see langword="null"/> when the peer's key is not acceptable: of another length, or
    /// of low order, so that the shared secret would not be secret. Another pre-shared key or an altered hello does
    /// not show here: the first sealed packet then fails to open.
    /// </returns>
    ILinkSealer? Complete(ReadOnlySpan<byte> peerPublicKey, ReadOnlySpan<byte> prologue, bool isInitiator);
}
