using KvpRpc.Generated;

namespace KvpRpc.Calls;

/// <summary>A method with one response and arguments that are streams or take reports.</summary>
internal sealed class ClientStreamServiceMethod<TContract, TRequest, TResponse>(
    RpcMethod<TRequest, TResponse> method,
    Func<TContract, TRequest, RpcArguments, CancellationToken, ValueTask<TResponse>> handler,
    ServiceInstances<TContract> instances) : ServiceMethod<TContract, TRequest>(method, method.Request, instances)
    where TContract : class
{
    protected override async ValueTask RunAsync(InboundCall call, TRequest request)
    {
        try
        {
            TResponse response;
            try
            {
                RpcArguments arguments = call.OpenArguments(method);
                if (call.Server.Interceptors is null)
                {
                    TContract service = Instances.Get(call);
                    response = await handler(service, request, arguments, call.Aborted).ConfigureAwait(false);
                }
                else
                {
                    response = await RunInterceptedAsync(call, request, arguments).ConfigureAwait(false);
                }
            }
            catch (Exception exception)
            {
                await call.FailAsync(exception).ConfigureAwait(false);
                return;
            }

            await ResponseWriter.RespondAsync(call, method.Response, response).ConfigureAwait(false);
        }
        finally
        {
            await call.ReleaseServiceAsync().ConfigureAwait(false);
        }
    }

    private async ValueTask<TResponse> RunInterceptedAsync(
        InboundCall call, TRequest request, RpcArguments arguments)
    {
        object? result = await InterceptAsync(
            call,
            async service => Interception.Box(
                await handler(service, request, arguments, call.Aborted).ConfigureAwait(false))).ConfigureAwait(false);
        return Interception.Unbox<TResponse>(result, method.FullName);
    }
}

/// <summary>A method whose result is a stream.</summary>
internal sealed class ItemsServiceMethod<TContract, TRequest, TItem>(
    RpcMethod<TRequest, TItem> method,
    Func<TContract, TRequest, RpcArguments, CancellationToken, IAsyncEnumerable<TItem>> handler,
    ServiceInstances<TContract> instances) : ServiceMethod<TContract, TRequest>(method, method.Request, instances)
    where TContract : class
{
    protected override async ValueTask RunAsync(InboundCall call, TRequest request)
    {
        try
        {
            try
            {
                RpcArguments arguments = call.OpenArguments(method);
                if (call.Server.Interceptors is null)
                {
                    TContract service = Instances.Get(call);
                    await SendAsync(call, handler(service, request, arguments, call.Aborted)).ConfigureAwait(false);
                }
                else
                {
                    await RunInterceptedAsync(call, request, arguments).ConfigureAwait(false);
                }
            }
            catch (Exception exception)
            {
                await call.FailAsync(exception).ConfigureAwait(false);
                return;
            }

            await ResponseWriter.SendEndAsync(call).ConfigureAwait(false);
        }
        finally
        {
            await call.ReleaseServiceAsync().ConfigureAwait(false);
        }
    }

    private async ValueTask RunInterceptedAsync(InboundCall call, TRequest request, RpcArguments arguments)
    {
        object? result = await InterceptAsync(call, RunHandlerAsync).ConfigureAwait(false);
        if (Interception.UnboxItems<TItem>(result, call.OpenContext().HasRun, method.FullName) is { } items)
            await SendAsync(call, items).ConfigureAwait(false);

        async ValueTask<object?> RunHandlerAsync(TContract service)
        {
            await SendAsync(call, handler(service, request, arguments, call.Aborted)).ConfigureAwait(false);
            return null;
        }
    }

    private ValueTask SendAsync(InboundCall call, IAsyncEnumerable<TItem> items) =>
        ResponseWriter.SendItemsAsync(call, call.OpenSender(), method.Response, items);
}
