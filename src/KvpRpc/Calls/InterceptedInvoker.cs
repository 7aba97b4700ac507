using KvpRpc.Generated;

namespace KvpRpc.Calls;

/// <summary>Makes the calls of one generated client through interceptors.</summary>
internal sealed class InterceptedInvoker(
    CallClient client, CallSettings settings, Func<RpcClientContext, ValueTask<object?>> chain) : RpcInvoker
{
    internal InterceptedInvoker With(RpcCallOptions options) => new(client, settings.With(options), chain);

    public override Task<TResponse> InvokeUnaryAsync<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method, TRequest request, CancellationToken cancellationToken) =>
        RunAsync(method, (invoker, token) => invoker.InvokeUnaryAsync(method, request, token), cancellationToken);

    public override Task InvokeOneWayAsync<TRequest>(
        RpcMethod<TRequest, RpcUnit> method, TRequest request, CancellationToken cancellationToken) =>
        RunAsync(
            method,
            async (invoker, token) =>
            {
                await invoker.InvokeOneWayAsync(method, request, token).ConfigureAwait(false);
                return default(RpcUnit);
            },
            cancellationToken);

    public override IAsyncEnumerable<TItem> InvokeServerStream<TRequest, TItem>(
        RpcMethod<TRequest, TItem> method, TRequest request, CancellationToken cancellationToken) =>
        InvokeDuplex(method, request, [], cancellationToken);

    public override Task<TResponse> InvokeClientStreamAsync<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method,
        TRequest request,
        RpcStreamArgument[] arguments,
        CancellationToken cancellationToken) =>
        RunAsync(
            method,
            (invoker, token) => invoker.InvokeClientStreamAsync(method, request, arguments, token),
            cancellationToken);

    public override IAsyncEnumerable<TItem> InvokeDuplex<TRequest, TItem>(
        RpcMethod<TRequest, TItem> method,
        TRequest request,
        RpcStreamArgument[] arguments,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(method);
        ArgumentNullException.ThrowIfNull(arguments);
        return new InterceptedStream<TItem>(
            (methodToken, enumerationToken, bothTokens) => new InterceptedItems<TItem>(
                client,
                settings,
                method,
                (invoker, token) => invoker.InvokeDuplex(method, request, arguments, token),
                methodToken,
                enumerationToken,
                bothTokens),
            chain,
            cancellationToken);
    }

    private Task<TResponse> RunAsync<TResponse>(
        RpcMethod method,
        Func<ClientInvoker, CancellationToken, Task<TResponse>> invoke,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(method);
        return cancellationToken.IsCancellationRequested
            ? Task.FromCanceled<TResponse>(cancellationToken)
            : RunAsync(new InterceptedResult<TResponse>(client, settings, method, invoke, cancellationToken));
    }

    private async Task<TResponse> RunAsync<TResponse>(InterceptedResult<TResponse> call) =>
        Interception.Unbox<TResponse>(await chain(call).ConfigureAwait(false), call.Method);
}
