namespace KvpRpc;

/// <summary>Code that runs around the handlers of the peer's calls: it sees each call before its handler and how it
/// ended, and can change or answer it.</summary>
/// <remarks>
/// <para>Interceptors are given by <see cref="RpcPeerOptions.ServerInterceptors"/>; the first is the outermost. They
/// serve many calls at the same time. Calls of a peer without interceptors pay nothing for them.</para>
/// <para>A call comes to them when its method is known, the caller is allowed it, and its arguments have been read.
/// Where the result is a stream, the continuation ends when the last item has been sent; it then gives null. What is in
/// <see cref="RpcContext.ResponseTrailers"/> afterwards goes to the caller.</para>
/// </remarks>
public interface IRpcServerInterceptor
{
    /// <summary>Runs around one call.</summary>
    /// <param name="context">What is known of the call, <see cref="RpcContext.Definition"/> among it.</param>
    /// <param name="continuation">Goes on to the next interceptor, at last to the handler, and gives the result; it
    /// throws what the handler throws. It is called once, or not at all.</param>
    /// <returns>The result for the caller: as a rule that of <paramref name="continuation"/>; null where the method has
    /// none. Where the result is a stream: null after <paramref name="continuation"/>, or an
    /// <see cref="IAsyncEnumerable{T}"/> in place of it.</returns>
    /// <exception cref="RpcException">Ends the call with its status. Any other exception is one that the handler
    /// threw.</exception>
    ValueTask<object?> InvokeAsync(
        RpcContext context, Func<RpcContext, ValueTask<object?>> continuation);
}
