using System.ComponentModel;

namespace KvpRpc.Generated;

/// <summary>Makes calls for a generated client.</summary>
/// <remarks>A call whose result is a stream begins when it is enumerated, each time anew; the token of the enumeration
/// ends it like that of the method.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class RpcInvoker
{
    /// <summary>Makes a call with one request and one response.</summary>
    /// <exception cref="RpcException">The call did not succeed.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public abstract Task<TResponse> InvokeUnaryAsync<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method,
        TRequest request,
        CancellationToken cancellationToken);

    /// <summary>Sends one request and waits for no response: completes when it lies in issued packets.</summary>
    /// <inheritdoc cref="InvokeUnaryAsync"/>
    public abstract Task InvokeOneWayAsync<TRequest>(
        RpcMethod<TRequest, RpcUnit> method,
        TRequest request,
        CancellationToken cancellationToken);

    /// <summary>Makes a call with one request whose result is a stream.</summary>
    /// <inheritdoc cref="InvokeUnaryAsync"/>
    public abstract IAsyncEnumerable<TItem> InvokeServerStream<TRequest, TItem>(
        RpcMethod<TRequest, TItem> method,
        TRequest request,
        CancellationToken cancellationToken);

    /// <summary>Makes a call with one response and arguments that are streams or take reports: of the shape <see
    /// cref="RpcMethodShape.ClientStream"/>, or <see cref="RpcMethodShape.Unary"/> with reports.</summary>
    /// <param name="method">The method.</param>
    /// <param name="request">The other arguments.</param>
    /// <param name="arguments">All arguments of the method that are streams or take reports.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <inheritdoc cref="InvokeUnaryAsync"/>
    public abstract Task<TResponse> InvokeClientStreamAsync<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method,
        TRequest request,
        RpcStreamArgument[] arguments,
        CancellationToken cancellationToken);

    /// <summary>Makes a call whose result is a stream, with arguments that are streams or take reports: of the shape
    /// <see cref="RpcMethodShape.Duplex"/>, or <see cref="RpcMethodShape.ServerStream"/> with reports.</summary>
    /// <inheritdoc cref="InvokeClientStreamAsync"/>
    public abstract IAsyncEnumerable<TItem> InvokeDuplex<TRequest, TItem>(
        RpcMethod<TRequest, TItem> method,
        TRequest request,
        RpcStreamArgument[] arguments,
        CancellationToken cancellationToken);
}
