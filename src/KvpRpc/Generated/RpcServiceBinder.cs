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

    /// <summary>Adds a method with one request whose result is a stream.</summary>
    public abstract void AddServerStream<TRequest, TItem>(
        RpcMethod<TRequest, TItem> method,
        Func<TContract, TRequest, CancellationToken, IAsyncEnumerable<TItem>> handler);

    /// <summary>Adds a method with one response and arguments that are streams or take reports: of the shape <see
    /// cref="RpcMethodShape.ClientStream"/>, or <see cref="RpcMethodShape.Unary"/> with reports.</summary>
    public abstract void AddClientStream<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method,
        Func<TContract, TRequest, RpcArguments, CancellationToken, ValueTask<TResponse>> handler);

    /// <summary>Adds a method whose result is a stream, with arguments that are streams or take reports: of the shape
    /// <see cref="RpcMethodShape.Duplex"/>, or <see cref="RpcMethodShape.ServerStream"/> with reports.</summary>
    public abstract void AddDuplex<TRequest, TItem>(
        RpcMethod<TRequest, TItem> method,
        Func<TContract, TRequest, RpcArguments, CancellationToken, IAsyncEnumerable<TItem>> handler);
}
