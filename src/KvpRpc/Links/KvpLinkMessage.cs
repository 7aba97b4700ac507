namespace KvpRpc.Links;

/// <summary>A received message, whose buffer goes back on <see cref="Dispose"/>.</summary>
/// <param name="Data">The bytes; valid until the message is disposed of.</param>
/// <param name="HasContent">False where the peer closed its direction without a further message.</param>
/// <param name="IsEndOfStream">Whether nothing follows.</param>
/// <param name="Owner">What takes the buffer back; null where there is none.</param>
public readonly record struct KvpLinkMessage(
    ReadOnlyMemory<byte> Data, bool HasContent, bool IsEndOfStream, IDisposable? Owner)
    : IDisposable
{
    /// <summary>Gives the buffer and the peer's credit back.</summary>
    public void Dispose() => Owner?.Dispose();
}
