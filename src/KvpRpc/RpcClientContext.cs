using KvpRpc.Generated;

namespace KvpRpc;

/// <summary>A call of this side as its interceptors see it.</summary>
/// <remarks>It may be used by one thread at a time. Attempts at the same time each need their own:
/// <see cref="Fork"/>.</remarks>
public abstract class RpcClientContext
{
    private protected RpcClientContext()
    {
    }

    /// <summary>Gets the method's name on the wire: <c>service/method</c>.</summary>
    public string Method => Definition.FullName;

    /// <summary>Gets the method: its names, its shape, and whether running it twice does no harm.</summary>
    public abstract RpcMethod Definition { get; }

    /// <summary>Gets who is called.</summary>
    public abstract RpcPeerIdentity Peer { get; }

    /// <summary>Gets what goes to the callee beside the arguments, to be changed before the call goes out.</summary>
    public abstract RpcMetadata RequestMetadata { get; }

    /// <summary>Gets the metadata that came ahead of the result of the latest attempt; none before.</summary>
    public abstract RpcMetadata ResponseHeaders { get; }

    /// <summary>Gets the metadata that came with the end of the latest attempt, also with an error; none
    /// before.</summary>
    public abstract RpcMetadata ResponseTrailers { get; }

    /// <summary>Gets or sets the token that ends the call: at first the caller's. One that is set holds for the
    /// attempts after it, and should be linked to the one before.</summary>
    public abstract CancellationToken CancellationToken { get; set; }

    /// <summary>Gets the time until the deadline of the whole call, whatever attempts are made in it, not below zero;
    /// null: there is none. What an interceptor waits for itself ends with it by its own care alone.</summary>
    public abstract TimeSpan? TimeLeft { get; }

    /// <summary>Gets how often the call has been sent on its way so far, all forks together. The callee is
    /// told.</summary>
    public abstract int Attempts { get; }

    /// <summary>Gets whether items of the result have been handed to the caller, so that the call cannot be made
    /// again.</summary>
    public abstract bool IsCommitted { get; }

    /// <summary>Gets or sets the id that all attempts of the call share, 1 to 64 bytes; empty: none.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is set to more than 64 bytes.</exception>
    public abstract ReadOnlyMemory<byte> IdempotencyId { get; set; }

    /// <summary>Gets a context of the same call for an attempt beside others, with a copy of the request's metadata and
    /// response metadata of its own. Of several attempts at a result that is a stream, the first to bring an item has
    /// it; the others end as cancelled.</summary>
    /// <param name="cancellationToken">Ends the attempt; to be linked to <see cref="CancellationToken"/>.</param>
    public abstract RpcClientContext Fork(CancellationToken cancellationToken);
}
