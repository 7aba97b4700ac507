namespace KvpRpc;

/// <summary>Code that runs around the calls of this side: it sees each call before it goes out and how it ended, and
/// can change, answer or repeat it.</summary>
/// <remarks>
/// <para>Interceptors are given by <see cref="RpcPeerOptions.ClientInterceptors"/> and <see
/// cref="RpcClientOptions.Interceptors"/>; the first is the outermost. They serve many calls at the same time. Calls of
/// a peer and client without interceptors pay nothing for them.</para>
/// <para>For all shapes of calls there is one method. Where the result is a stream, the call begins with its first
/// item's being asked for, and the continuation ends when the last item has been taken; it then gives null. An
/// enumeration that is left early ends it with an <see cref="OperationCanceledException"/>.</para>
/// </remarks>
public interface IRpcClientInterceptor
{
    /// <summary>Runs around one call.</summary>
    /// <param name="context">What is known of the call.</param>
    /// <param name="continuation">Goes on to the next interceptor, at last to the peer, and gives the result; it throws
    /// what the caller would be thrown. It can be called again to make the call again, unless the call is committed
    /// (<see cref="RpcClientContext.IsCommitted"/>), or not at all. Arguments that are streams are enumerated in each
    /// attempt.</param>
    /// <returns>The result for the caller: as a rule that of <paramref name="continuation"/>; null where the method has
    /// none. Where the result is a stream: null after <paramref name="continuation"/>, or an
    /// <see cref="IAsyncEnumerable{T}"/> in place of it.</returns>
    /// <exception cref="RpcException">The call did not succeed. Whatever is thrown reaches the caller as it
    /// is.</exception>
    ValueTask<object?> InvokeAsync(
        RpcClientContext context, Func<RpcClientContext, ValueTask<object?>> continuation);
}
