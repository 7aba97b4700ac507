using KvpRpc.Calls;
using KvpRpc.Generated;

namespace KvpRpc;

/// <summary>What the handler of a call can know and say beside its arguments and its result.</summary>
/// <remarks>All members are safe to call from any thread, and after the call has ended.</remarks>
public abstract class RpcContext
{
    private static readonly AsyncLocal<InboundCall?> Ambient = new();

    private protected RpcContext()
    {
    }

    /// <summary>Gets the context of the call whose handler runs here, also after awaits; null elsewhere.</summary>
    public static RpcContext? Current => Ambient.Value?.Context;

    /// <summary>Gets who calls.</summary>
    public abstract RpcPeerIdentity Peer { get; }

    /// <summary>Gets the method's name on the wire: <c>service/method</c>.</summary>
    public abstract string Method { get; }

    /// <summary>Gets the method: its names, its shape, and whether running it twice does no harm.</summary>
    public abstract RpcMethod Definition { get; }

    /// <summary>Gets what the caller sent beside the arguments.</summary>
    public abstract RpcMetadata RequestMetadata { get; }

    /// <summary>Gets what goes to the caller with the end of the call; to be added to before the handler
    /// ends.</summary>
    public abstract RpcMetadata ResponseTrailers { get; }

    /// <summary>Gets or sets how the result, or each item or report from now on, is compressed for a caller that takes
    /// it so; <see cref="RpcPeerOptions.Compression"/> at first. A handler that answers with a secret beside bytes of
    /// others' choice sets it to <see cref="RpcCompression.None"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is set to another value.</exception>
    public abstract RpcCompression ResponseCompression { get; set; }

    /// <summary>Gets the time until the caller's deadline, not below zero; null: there is none.</summary>
    public abstract TimeSpan? TimeLeft { get; }

    /// <summary>Gets which attempt of the caller at this call it is: 1 for the first.</summary>
    public abstract long Attempt { get; }

    /// <summary>Gets the id that all attempts of a call share, 1 to 64 bytes; empty: none was sent.</summary>
    public abstract ReadOnlyMemory<byte> IdempotencyId { get; }

    /// <summary>Gets a token that is cancelled when nobody waits for the call any more: the token of the
    /// method.</summary>
    public abstract CancellationToken Cancelled { get; }

    /// <summary>Gets a token that is cancelled when this side begins to stop (<see cref="RpcPeer.DrainAsync"/>): a
    /// handler that can end early should. <see cref="Cancelled"/> follows when the time for that is over.</summary>
    public abstract CancellationToken Stopping { get; }

    internal static InboundCall? CurrentCall
    {
        get => Ambient.Value;
        set => Ambient.Value = value;
    }

    /// <summary>Sends metadata ahead of the result or its first item.</summary>
    /// <returns>Completes when it is on its way, or the call has ended.</returns>
    /// <exception cref="InvalidOperationException">Headers or the result have been sent already, or the call is
    /// one-way.</exception>
    /// <exception cref="RpcException">They are over the limit of bytes.</exception>
    public abstract ValueTask SendHeadersAsync(RpcMetadata headers);
}
