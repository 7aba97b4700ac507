using KvpRpc.Generated;

namespace KvpRpc.Calls;

/// <summary>Takes the names of a contract's methods on the wire.</summary>
internal sealed class MethodNames<TContract> : RpcServiceBinder<TContract>
    where TContract : class
{
    internal List<string> All { get; } = [];

    public override void AddUnary<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method,
        Func<TContract, TRequest, CancellationToken, ValueTask<TResponse>> handler) => All.Add(method.Name);

    public override void AddServerStream<TRequest, TItem>(
        RpcMethod<TRequest, TItem> method,
        Func<TContract, TRequest, CancellationToken, IAsyncEnumerable<TItem>> handler) => All.Add(method.Name);

    public override void AddClientStream<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method,
        Func<TContract, TRequest, RpcArguments, CancellationToken, ValueTask<TResponse>> handler) =>
        All.Add(method.Name);

    public override void AddDuplex<TRequest, TItem>(
        RpcMethod<TRequest, TItem> method,
        Func<TContract, TRequest, RpcArguments, CancellationToken, IAsyncEnumerable<TItem>> handler) =>
        All.Add(method.Name);
}
