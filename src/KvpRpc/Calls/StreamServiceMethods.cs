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
        ServiceLease<TContract> lease = default;
        try
        {
            TResponse response;
            try
            {
                RpcArguments arguments = call.OpenArguments(method);
                lease = Instances.Rent();
                response = await handler(lease.GetService(), request, arguments, call.Aborted).ConfigureAwait(false);
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
            await lease.DisposeAsync().ConfigureAwait(false);
        }
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
        ServiceLease<TContract> lease = default;
        try
        {
            try
            {
                RpcArguments arguments = call.OpenArguments(method);
                lease = Instances.Rent();
                IAsyncEnumerable<TItem> items = handler(lease.GetService(), request, arguments, call.Aborted);
                await ResponseWriter.SendItemsAsync(call, call.OpenSender(), method.Response, items)
                    .ConfigureAwait(false);
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
            await lease.DisposeAsync().ConfigureAwait(false);
        }
    }
}
