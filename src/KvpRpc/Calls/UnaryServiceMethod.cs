using System.Runtime.CompilerServices;
using KvpRpc.Generated;

namespace KvpRpc.Calls;

/// <summary>A method with one request and one response or none.</summary>
internal sealed class UnaryServiceMethod<TContract, TRequest, TResponse>(
    RpcMethod<TRequest, TResponse> method,
    Func<TContract, TRequest, CancellationToken, ValueTask<TResponse>> handler,
    ServiceInstances<TContract> instances) : ServiceMethod<TContract, TRequest>(method, method.Request, instances)
    where TContract : class
{
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    protected override async ValueTask RunAsync(InboundCall call, TRequest request)
    {
        bool isOneWay = method.Shape == RpcMethodShape.OneWay;
        if (isOneWay)
            await call.CompleteOneWayAsync().ConfigureAwait(false);
        try
        {
            TResponse response;
            try
            {
                if (call.Server.Interceptors is null)
                {
                    TContract service = Instances.Get(call);
                    response = await handler(service, request, call.Aborted).ConfigureAwait(false);
                }
                else
                {
                    response = await RunInterceptedAsync(call, request).ConfigureAwait(false);
                }
            }
            catch (Exception exception)
            {
                await call.FailAsync(exception, isOneWay).ConfigureAwait(false);
                return;
            }

            if (!isOneWay)
                await ResponseWriter.RespondAsync(call, method.Response, response).ConfigureAwait(false);
        }
        finally
        {
            await call.ReleaseServiceAsync().ConfigureAwait(false);
        }
    }

    private async ValueTask<TResponse> RunInterceptedAsync(InboundCall call, TRequest request)
    {
        object? result = await InterceptAsync(
            call,
            async service => Interception.Box(
                await handler(service, request, call.Aborted).ConfigureAwait(false))).ConfigureAwait(false);
        return Interception.Unbox<TResponse>(result, method.FullName);
    }
}
