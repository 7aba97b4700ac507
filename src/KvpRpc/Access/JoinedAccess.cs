using KvpRpc.Calls;

namespace KvpRpc.Access;

/// <summary>Two rules of which both, or one, must allow a call. The second is not asked where the first
/// suffices.</summary>
internal sealed class JoinedAccess : RpcAccess
{
    private readonly RpcAccess _left;
    private readonly RpcAccess _right;
    private readonly bool _isAnd;

    internal JoinedAccess(RpcAccess left, RpcAccess right, bool isAnd)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        (_left, _right, _isAnd) = (left, right, isAnd);
    }

    internal override IEnumerable<string> Methods => _left.Methods.Concat(_right.Methods);

    internal override ValueTask<AccessDecision> DecideAsync(InboundCall call)
    {
        ValueTask<AccessDecision> left = _left.DecideAsync(call);
        return left.IsCompletedSuccessfully ? Decide(left.Result, call) : AwaitAsync(left, call);
    }

    private async ValueTask<AccessDecision> AwaitAsync(ValueTask<AccessDecision> left, InboundCall call) =>
        await Decide(await left.ConfigureAwait(false), call).ConfigureAwait(false);

    private ValueTask<AccessDecision> Decide(AccessDecision left, InboundCall call)
    {
        if (left == (_isAnd ? AccessDecision.Denied : AccessDecision.Allowed))
            return new(left);
        ValueTask<AccessDecision> right = _right.DecideAsync(call);
        return right.IsCompletedSuccessfully ? new(Join(left, right.Result)) : JoinAsync(left, right);
    }

    private async ValueTask<AccessDecision> JoinAsync(AccessDecision left, ValueTask<AccessDecision> right) =>
        Join(left, await right.ConfigureAwait(false));

    private AccessDecision Join(AccessDecision left, AccessDecision right) =>
        (left < right) == _isAnd ? left : right;
}
