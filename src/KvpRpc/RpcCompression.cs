namespace KvpRpc;

/// <summary>How the payloads of messages are compressed.</summary>
/// <remarks>What is compressed is the shorter the more of it is alike, and encryption does not hide its length. Who can
/// put bytes of their own beside a secret in one message, many times, can find the secret by the lengths. So nothing is
/// compressed unless the programs of both sides ask for it: <c>protocol/security.md</c>.</remarks>
public enum RpcCompression
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>With Brotli, each message of 256 bytes or more for itself, where that makes it shorter.</summary>
    Brotli,
}
