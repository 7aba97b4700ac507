using KvpRpc.Calls;
using KvpRpc.Links;

namespace KvpRpc.Access;

/// <summary>Stands before a service: runs the calls that its rule allows, and answers the others.</summary>
/// <param name="service">The service's name on the wire.</param>
/// <param name="access">Who may call it; null: nobody has said.</param>
internal sealed class ServiceAccess(string service, RpcAccess? access)
{
    private int _isLogged;

    /// <summary>Runs a call if it is allowed.</summary>
    internal ValueTask RunAsync(InboundCall call, ServiceMethod method, KvpLinkMessage message, int payloadStart)
    {
        ValueTask<AccessDecision> decision = Decide(call);
        return decision.IsCompletedSuccessfully
            ? FollowAsync(decision.Result, call, method, message, payloadStart)
            : AwaitAsync(decision, call, method, message, payloadStart);
    }

    private ValueTask<AccessDecision> Decide(InboundCall call)
    {
        if (access is null)
            return new(AccessDecision.Denied);
        try
        {
            return access.DecideAsync(call);
        }
        catch (Exception exception)
        {
            return ValueTask.FromException<AccessDecision>(exception);
        }
    }

    private async ValueTask AwaitAsync(
        ValueTask<AccessDecision> pending,
        InboundCall call,
        ServiceMethod method,
        KvpLinkMessage message,
        int payloadStart)
    {
        AccessDecision decision;
        try
        {
            decision = await pending.ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            message.Dispose();
            await HandleFailureAsync(call, exception).ConfigureAwait(false);
            return;
        }

        await FollowAsync(decision, call, method, message, payloadStart).ConfigureAwait(false);
    }

    private ValueTask FollowAsync(
        AccessDecision decision,
        InboundCall call,
        ServiceMethod method,
        in KvpLinkMessage message,
        int payloadStart) =>
        decision == AccessDecision.Allowed
            ? method.RunAsync(call, message, payloadStart)
            : RefuseAsync(call, decision, message);

    private ValueTask RefuseAsync(InboundCall call, AccessDecision decision, in KvpLinkMessage message)
    {
        message.Dispose();
        RpcException error = GetError(call, decision);
        if (Interlocked.Exchange(ref _isLogged, 1) == 0)
            Log.AccessDenied(call.Server.Logger, call.Server.Peer, call.Method, error.StatusCode, error.Message);
        return ResponseWriter.SendErrorAsync(call, error, isNotRun: true);
    }

    private static ValueTask HandleFailureAsync(InboundCall call, Exception exception)
    {
        // The rule stopped since nobody waits any more.
        if (exception is OperationCanceledException && call.Aborted.IsCancellationRequested)
            return default;
        Log.AccessUndecided(call.Server.Logger, exception, call.Method);
        RpcException error = new(StatusCode.Internal, $"Whether {call.Method} may be called could not be found out.");
        return ResponseWriter.SendErrorAsync(call, error, isNotRun: true);
    }

    private RpcException GetError(InboundCall call, AccessDecision decision)
    {
        if (access is null)
        {
            return new(
                StatusCode.PermissionDenied,
                $"Nobody may call {service} yet: where it is offered, add who may, as in AddService(service, "
                + "RpcAccess.Anyone).");
        }

        return decision == AccessDecision.Unproven
            ? new(StatusCode.Unauthenticated, $"{call.Method} wants a caller that holds the pre-shared key.")
            : new(StatusCode.PermissionDenied, $"This caller may not call {call.Method}.");
    }
}
