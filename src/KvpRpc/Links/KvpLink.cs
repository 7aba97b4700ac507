namespace KvpRpc.Links;

/// <summary>A reliable, ordered connection of two processes that carries streams: what calls run over.</summary>
/// <remarks>
/// <para>The link over KVP tables is one implementation; another carrier (a local broker, a Hyper-V socket) can be
/// another, and contracts do not see the difference.</para>
/// <para>All members are safe to call from any thread. A link that has ended never opens again: its
/// <see cref="IKvpLinkSource"/> gives the next one.</para>
/// </remarks>
public abstract class KvpLink
{
    /// <summary>Gets a token that is cancelled when the link has ended.</summary>
    public abstract CancellationToken Ended { get; }

    /// <summary>Gets why the link ended; null while it is open.</summary>
    public abstract KvpLinkException? EndReason { get; }

    /// <summary>Gets the largest message that the peer takes, in bytes.</summary>
    public abstract int MaxMessageBytes { get; }

    /// <summary>Opens a stream. Nothing is sent before the first message, and the peer may still refuse it.</summary>
    /// <param name="name">What the stream is for: 1 to 255 bytes of UTF-8. It crosses once a link, then as a
    /// number.</param>
    /// <param name="priority">How its messages compete with those of other streams.</param>
    /// <exception cref="KvpLinkException">The link has ended.</exception>
    public abstract KvpLinkStream OpenStream(string name, KvpStreamPriority priority);

    /// <summary>Waits for the next stream that the peer opens.</summary>
    /// <returns>The stream, or null when the link has ended.</returns>
    public abstract ValueTask<KvpLinkStream?> AcceptStreamAsync(CancellationToken cancellationToken);
}
