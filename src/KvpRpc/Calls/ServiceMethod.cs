using KvpRpc.Generated;
using KvpRpc.Links;

namespace KvpRpc.Calls;

/// <summary>A method that this side offers.</summary>
internal abstract class ServiceMethod
{
    /// <summary>Gets whether items may follow the first message.</summary>
    internal abstract bool TakesItems { get; }

    /// <summary>Runs a call to its end.</summary>
    /// <param name="call">The call.</param>
    /// <param name="message">Its first message, which the method disposes of.</param>
    /// <param name="payloadStart">Where the arguments begin in the message.</param>
    internal abstract ValueTask RunAsync(InboundCall call, KvpLinkMessage message, int payloadStart);
}

/// <summary>A method whose arguments are known.</summary>
internal abstract class ServiceMethod<TContract, TRequest>(
    RpcMethod method, RpcSerializer<TRequest> serializer, ServiceInstances<TContract> instances) : ServiceMethod
    where TContract : class
{
    internal sealed override bool TakesItems => method.StreamArguments > 0;

    protected RpcMethod Method => method;

    protected ServiceInstances<TContract> Instances => instances;

    internal sealed override ValueTask RunAsync(InboundCall call, KvpLinkMessage message, int payloadStart)
    {
        bool isRead =
            Payload.TryRead(message.Data[payloadStart..], serializer, out TRequest? request, out Exception? error);
        message.Dispose();
        return isRead
            ? RunAsync(call, request!)
            : call.RejectAsync(StatusCode.Internal, $"The arguments of {method.FullName} cannot be read.", error);
    }

    protected abstract ValueTask RunAsync(InboundCall call, TRequest request);
}
