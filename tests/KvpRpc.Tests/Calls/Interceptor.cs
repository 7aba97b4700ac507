namespace KvpRpc.Tests.Calls;

/// <summary>An interceptor of either side that a test writes as a lambda.</summary>
internal static class Interceptor
{
    internal delegate ValueTask<object?> Body<TContext>(TContext context, Func<TContext, ValueTask<object?>> next);

    internal static IRpcClientInterceptor Client(Body<RpcClientContext> body) => new OfClient(body);

    internal static IRpcServerInterceptor Server(Body<RpcContext> body) => new OfServer(body);

    private sealed class OfClient(Body<RpcClientContext> body) : IRpcClientInterceptor
    {
        public ValueTask<object?> InvokeAsync(
            RpcClientContext context, Func<RpcClientContext, ValueTask<object?>> continuation) =>
            body(context, continuation);
    }

    private sealed class OfServer(Body<RpcContext> body) : IRpcServerInterceptor
    {
        public ValueTask<object?> InvokeAsync(
            RpcContext context, Func<RpcContext, ValueTask<object?>> continuation) => body(context, continuation);
    }
}
