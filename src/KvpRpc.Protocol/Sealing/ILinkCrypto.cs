namespace KvpRpc.Protocol.Sealing;

/// <summary>Draws what is fresh for each handshake attempt, since the engine has no randomness of its own.</summary>
/// <remarks>One instance serves one side of one channel; a pre-shared key, where there is one, is its own.</remarks>
internal interface ILinkCrypto
{
    /// <summary>Draws a fresh attempt id and a fresh ephemeral key pair.</summary>
    IHandshakeAttempt BeginAttempt();
}
