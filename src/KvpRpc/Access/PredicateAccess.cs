using KvpRpc.Calls;

namespace KvpRpc.Access;

/// <summary>A rule that asks code of the application.</summary>
internal sealed class PredicateAccess(Func<RpcContext, ValueTask<bool>> predicate) : RpcAccess
{
    internal override async ValueTask<AccessDecision> DecideAsync(InboundCall call) =>
        Allow(await predicate(call.Context).ConfigureAwait(false));
}
