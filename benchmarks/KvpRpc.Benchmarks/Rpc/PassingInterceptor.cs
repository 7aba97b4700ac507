namespace KvpRpc.Benchmarks.Rpc;

/// <summary>An interceptor that does nothing.</summary>
internal sealed class PassingInterceptor : IRpcClientInterceptor, IRpcServerInterceptor
{
    public ValueTask<object?> InvokeAsync(RpcClientContext context, Func<RpcClientContext, ValueTask<object?>> next) =>
        next(context);

    public ValueTask<object?> InvokeAsync(RpcContext context, Func<RpcContext, ValueTask<object?>> next) =>
        next(context);
}
