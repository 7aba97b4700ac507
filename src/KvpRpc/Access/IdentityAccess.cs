using KvpRpc.Calls;

namespace KvpRpc.Access;

/// <summary>A rule that goes by who calls, and nothing else.</summary>
internal sealed class IdentityAccess(Func<RpcPeerIdentity, AccessDecision> decide) : RpcAccess
{
    internal override ValueTask<AccessDecision> DecideAsync(InboundCall call) => new(decide(call.Server.Peer));
}
