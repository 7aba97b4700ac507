using System.ComponentModel;

namespace KvpRpc.Generated;

/// <summary>Makes calls for a generated client.</summary>
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
}
