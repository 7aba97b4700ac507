using System.Buffers;
using KvpRpc.Access;
using KvpRpc.Generated;
using KvpRpc.Links;
using KvpRpc.Resilience;

namespace KvpRpc.Calls;

/// <summary>A method that this side offers.</summary>
internal abstract class ServiceMethod
{
    /// <summary>Gets the method of the contract.</summary>
    internal abstract RpcMethod Definition { get; }

    /// <summary>Gets who may call it.</summary>
    internal required ServiceAccess Access { get; init; }

    /// <summary>Gets whether items may follow the first message.</summary>
    internal abstract bool TakesItems { get; }

    /// <summary>Gets whether one request has one response.</summary>
    internal bool IsUnary => Definition.Shape == RpcMethodShape.Unary;

    internal bool IsIdempotent => Definition.IsIdempotent;

    /// <summary>Runs a call to its end; one that comes again while its answer is kept has that.</summary>
    /// <param name="call">The call.</param>
    /// <param name="message">Its first message, which the method disposes of.</param>
    /// <param name="payloadStart">Where the arguments begin in the message.</param>
    internal ValueTask RunAsync(InboundCall call, KvpLinkMessage message, int payloadStart) =>
        RepeatedCalls.GetKey(call, this) is { } key
            ? RepeatedCalls.RunOnceAsync(call, key, this, message, payloadStart)
            : RunNowAsync(call, message, payloadStart);

    /// <summary>Runs a call to its end, whether it has run before or not.</summary>
    /// <inheritdoc cref="RunAsync"/>
    internal abstract ValueTask RunNowAsync(InboundCall call, KvpLinkMessage message, int payloadStart);
}

/// <summary>A method whose arguments are known.</summary>
internal abstract class ServiceMethod<TContract, TRequest>(
    RpcMethod method, RpcSerializer<TRequest> serializer, ServiceInstances<TContract> instances) : ServiceMethod
    where TContract : class
{
    internal sealed override RpcMethod Definition => method;

    internal sealed override bool TakesItems => method.StreamArguments > 0;

    protected RpcMethod Method => method;

    protected ServiceInstances<TContract> Instances => instances;

    internal sealed override ValueTask RunNowAsync(InboundCall call, KvpLinkMessage message, int payloadStart)
    {
        // Not before it is known that the caller may call: who may not shall not make this side expand anything.
        if (call.WasCompressed)
        {
            int max = call.Server.Options.MaxMessageBytes;
            OperationStatus status =
                MessageCompression.TryExpand(message, payloadStart, max, out KvpLinkMessage expanded);
            if (status != OperationStatus.Done)
            {
                message.Dispose();
                return status == OperationStatus.DestinationTooSmall
                    ? call.RejectAsync(StatusCode.ResourceExhausted, CallErrors.ArgumentsTooLarge(max))
                    : RejectUnreadableAsync(call, error: null);
            }

            message = expanded;
        }

        bool isRead =
            Payload.TryRead(message.Data[payloadStart..], serializer, out TRequest? request, out Exception? error);
        message.Dispose();
        return isRead ? RunAsync(call, request!) : RejectUnreadableAsync(call, error);
    }

    protected abstract ValueTask RunAsync(InboundCall call, TRequest request);

    private ValueTask RejectUnreadableAsync(InboundCall call, Exception? error) => call.RejectAsync(
        StatusCode.Internal,
        $"The arguments of {method.FullName} cannot be read.",
        error,
        ContractDifference.Tell(method));

    /// <summary>Runs a call through the interceptors.</summary>
    /// <param name="call">The call.</param>
    /// <param name="handle">Runs the handler on a service.</param>
    protected ValueTask<object?> InterceptAsync(InboundCall call, Func<TContract, ValueTask<object?>> handle)
    {
        HandlerContext context = call.OpenContext();
        context.Handler = () => handle(instances.Get(call));
        return call.Server.Interceptors!(context);
    }
}
