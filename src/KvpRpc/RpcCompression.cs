namespace KvpRpc;

/// <summary>How the payloads of messages are compressed.</summary>
/// <remarks>What is compressed is shorter the more of it is alike, and its length can be seen beside the encryption. Who
/// can put bytes of their own beside a secret in one message, many times, can find the secret by the lengths. So nothing
/// is compressed unless a side's program asks for it: <c>protocol/security.md</c>.</remarks>
public enum RpcCompression
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>With Brotli, each message of 256 bytes or more for itself, where that makes it shorter.</summary>
    Brotli,
}
