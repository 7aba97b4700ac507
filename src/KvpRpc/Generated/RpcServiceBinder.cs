using System.ComponentModel;

namespace KvpRpc.Generated;

/// <summary>Takes the methods of a contract, each with the code that runs it. For generated code.</summary>
/// <typeparam name="TContract">The interface.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class RpcServiceBinder<TContract>
    where TContract : class
{
    /// <summary>Adds a method with one request and one response, or none for
    /// <see cref="RpcMethodShape.OneWay"/>.</summary>
    public abstract void AddUnary<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method,
        Func<TContract, TRequest, CancellationToken, ValueTask<TResponse>> handler);
}
