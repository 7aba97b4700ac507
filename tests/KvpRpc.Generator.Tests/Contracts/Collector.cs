using KvpRpc.Generated;

namespace KvpRpc.Generator.Tests.Contracts;

/// <summary>Takes the methods of a contract without their handlers.</summary>
internal sealed class Collector<TContract>(Action<RpcMethod, Type> take) : RpcServiceBinder<TContract>
    where TContract : class
{
    /// <summary>The methods of a contract by their names on the wire.</summary>
    internal static Dictionary<string, RpcMethod> Methods()
    {
        var methods = new Dictionary<string, RpcMethod>();
        RpcContracts.Get<TContract>().Bind(new Collector<TContract>((method, _) => methods.Add(method.Name, method)));
        return methods;
    }

    public override void AddUnary<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method,
        Func<TContract, TRequest, CancellationToken, ValueTask<TResponse>> handler) => take(method, typeof(TResponse));

    public override void AddServerStream<TRequest, TItem>(
        RpcMethod<TRequest, TItem> method,
        Func<TContract, TRequest, CancellationToken, IAsyncEnumerable<TItem>> handler) => take(method, typeof(TItem));

    public override void AddClientStream<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method,
        Func<TContract, TRequest, RpcArguments, CancellationToken, ValueTask<TResponse>> handler) =>
        take(method, typeof(TResponse));

    public override void AddDuplex<TRequest, TItem>(
        RpcMethod<TRequest, TItem> method,
        Func<TContract, TRequest, RpcArguments, CancellationToken, IAsyncEnumerable<TItem>> handler) =>
        take(method, typeof(TItem));
}
