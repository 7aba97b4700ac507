namespace KvpRpc.Links;

/// <summary>The ordered messages of one call inside a link, in both directions.</summary>
/// <remarks>
/// <para>One send and one receive may run at the same time; neither is called again before it has completed.</para>
/// <para>What waits on a stream never continues on the thread that drives the link: user code runs there, and may
/// block.
/// </para>
/// <para>When its link is lost, a stream of this side may end a little later than the link: it then knows whether it
/// had reached the peer (<see cref="KvpLinkException.CertainlyNotDelivered"/>,
/// <see cref="KvpLinkOptions.SettleWithin"/>).</para>
/// </remarks>
public abstract class KvpLinkStream : IAsyncDisposable
{
    /// <summary>Gets the name given by the side that opened the stream.</summary>
    public abstract string Name { get; }

    /// <summary>Gets what both sides call this stream, and no other of theirs; null: the carrier has no such name, or
    /// nothing of the stream was sent. On the side that opened it, it is there when its first send has ended.</summary>
    public virtual KvpStreamId? Id => null;

    /// <summary>Gets a token that is cancelled when either side resets the stream, or the link ends, before both
    /// directions are closed: how a running call learns that nobody waits for it.</summary>
    public abstract CancellationToken Aborted { get; }

    /// <summary>Sends one message.</summary>
    /// <param name="message">0 to <see cref="KvpLink.MaxMessageBytes"/> bytes. It must stay unchanged until the call
    /// has completed.</param>
    /// <param name="endOfStream">Whether this is the last message: half-close.</param>
    /// <param name="cancellationToken">Gives up. A message given up while it is being sent resets the stream.</param>
    /// <returns>Completes when the message lies wholly in issued packets: with it comes the back-pressure.</returns>
    /// <exception cref="KvpLinkException">The link has ended or the stream was reset.</exception>
    /// <exception cref="InvalidOperationException">The own direction is closed.</exception>
    public abstract ValueTask SendAsync(
        ReadOnlyMemory<byte> message, bool endOfStream, CancellationToken cancellationToken);

    /// <summary>Closes the own direction without a further message.</summary>
    /// <exception cref="KvpLinkException">The link has ended or the stream was reset.</exception>
    public abstract ValueTask CompleteAsync(CancellationToken cancellationToken);

    /// <summary>Waits for the peer's next message.</summary>
    /// <returns>The message, to be disposed of when it is no longer needed, which gives its credit back to the peer; or
    /// one without content when the peer has closed its direction.</returns>
    /// <exception cref="KvpLinkException">The link has ended or the stream was reset.</exception>
    public abstract ValueTask<KvpLinkMessage> ReceiveAsync(CancellationToken cancellationToken);

    /// <summary>Gives the stream up in both directions; the peer's sends and receives then fail with the
    /// code.</summary>
    /// <param name="code">A number whose meaning the user of streams defines. Repeated calls do nothing.</param>
    public abstract void Reset(uint code);

    /// <summary>Resets the stream with code 0 unless both directions are closed.</summary>
    public abstract ValueTask DisposeAsync();
}
