using KvpRpc.Generated;
using KvpRpc.Links;

namespace KvpRpc.Calls;

/// <summary>A method that this side offers.</summary>
internal abstract class ServiceMethod
{
    /// <summary>Runs a call to its end.</summary>
    /// <param name="call">The call.</param>
    /// <param name="message">Its first message, which the method disposes of.</param>
    /// <param name="payloadStart">Where the arguments begin in the message.</param>
    internal abstract ValueTask RunAsync(InboundCall call, KvpLinkMessage message, int payloadStart);
}

/// <summary>A method with one request and one response or none.</summary>
internal sealed class UnaryServiceMethod<TContract, TRequest, TResponse>(
    RpcMethod<TRequest, TResponse> method,
    Func<TContract, TRequest, CancellationToken, ValueTask<TResponse>> handler,
    ServiceInstances<TContract> instances) : ServiceMethod
    where TContract : class
{
    internal override ValueTask RunAsync(InboundCall call, KvpLinkMessage message, int payloadStart)
    {
        bool isRead = Payload.TryRead(
            message.Data[payloadStart..], method.Request, out TRequest? request, out Exception? error);
        message.Dispose();
        return isRead
            ? RunAsync(call, request!)
            : call.RejectAsync(StatusCode.Internal, $"The arguments of {method.FullName} cannot be read.", error);
    }

    private async ValueTask RunAsync(InboundCall call, TRequest request)
    {
        bool isOneWay = method.Shape == RpcMethodShape.OneWay;
        if (isOneWay)
            await call.CompleteOneWayAsync().ConfigureAwait(false);
        TContract? service = null;
        try
        {
            TResponse response;
            try
            {
                service = instances.Get();
                response = await handler(service, request, call.Aborted).ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                await call.FailAsync(exception, isOneWay).ConfigureAwait(false);
                return;
            }

            if (!isOneWay)
                await call.RespondAsync(method.Response, response).ConfigureAwait(false);
        }
        finally
        {
            if (service is not null && instances.ArePerCall)
                await ServiceInstances<TContract>.ReleaseAsync(service).ConfigureAwait(false);
        }
    }
}
