using KvpRpc.Access;
using KvpRpc.Calls;

namespace KvpRpc;

/// <summary>Who may call a service: a rule, made of others with <c>&amp;</c> and <c>|</c>.</summary>
/// <remarks>
/// <para>Nobody may call a service without a rule, so every service is added with one. A call that is not allowed ends
/// with <see cref="StatusCode.PermissionDenied"/>, or with <see cref="StatusCode.Unauthenticated"/> where it only lacks
/// a proof of who calls; it does not run, and its arguments are not even read.</para>
/// <para>Rules go by what this side knows of the caller by itself (<see cref="RpcPeerIdentity"/>), never by what the
/// caller says. They are asked for every call, so that a rule can change its mind at any time.</para>
/// </remarks>
public abstract class RpcAccess
{
    private protected RpcAccess()
    {
    }

    /// <summary>Gets the rule that allows every caller: any VM's guest on a host, the host in a guest.</summary>
    public static RpcAccess Anyone { get; } = new IdentityAccess(static _ => AccessDecision.Allowed);

    /// <summary>Gets the rule that allows no caller.</summary>
    public static RpcAccess Nobody { get; } = new IdentityAccess(static _ => AccessDecision.Denied);

    /// <summary>Gets the rule that allows the host on which this guest runs.</summary>
    public static RpcAccess Host { get; } = new IdentityAccess(static peer => Allow(peer.Side == RpcPeerSide.Host));

    /// <summary>Gets the rule that allows callers that have proven by a pre-shared key who they are; others are told
    /// <see cref="StatusCode.Unauthenticated"/>. Joined by <c>&amp;</c> to a rule that denies, they are
    /// denied.</summary>
    public static RpcAccess Proven { get; } = new IdentityAccess(
        static peer => peer.IsProven ? AccessDecision.Allowed : AccessDecision.Unproven);

    /// <summary>Gets a rule that allows the guests of some VMs, by the ids that the hypervisor gave them.</summary>
    public static RpcAccess VirtualMachines(params IEnumerable<Guid> ids)
    {
        HashSet<Guid> all = [.. ids];
        return new IdentityAccess(peer => Allow(
            peer.Side == RpcPeerSide.Guest && peer.VirtualMachineId is { } id && all.Contains(id)));
    }

    /// <summary>Gets a rule that allows the guests of VMs whose name fits a pattern. Names can change and repeat: a
    /// rule that must be sure goes by ids.</summary>
    /// <param name="patterns">Names, in which <c>*</c> stands for any text and <c>?</c> for a character; case does not
    /// matter.</param>
    public static RpcAccess VirtualMachinesNamed(params IEnumerable<string> patterns)
    {
        string[] all = [.. patterns];
        return new IdentityAccess(peer => Allow(
            peer.Side == RpcPeerSide.Guest
            && peer.VirtualMachineName is { } name
            && all.Any(pattern => NamePattern.Fits(pattern, name))));
    }

    /// <summary>Gets a rule that asks code.</summary>
    /// <param name="predicate">Says whether a call is allowed. It sees all of the call but its arguments; if it throws,
    /// the call ends with <see cref="StatusCode.Internal"/> and does not run.</param>
    public static RpcAccess When(Func<RpcContext, bool> predicate)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        return new PredicateAccess(context => new(predicate(context)));
    }

    /// <summary>Gets a rule that asks code which may take its time, up to the call's deadline: <see
    /// cref="RpcContext.Cancelled"/> ends it.</summary>
    /// <inheritdoc cref="When"/>
    public static RpcAccess WhenAsync(Func<RpcContext, ValueTask<bool>> predicate)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        return new PredicateAccess(predicate);
    }

    /// <summary>Gets the rule that allows what both rules allow.</summary>
    public static RpcAccess operator &(RpcAccess left, RpcAccess right) => BitwiseAnd(left, right);

    /// <summary>Gets the rule that allows what one of the rules allows.</summary>
    public static RpcAccess operator |(RpcAccess left, RpcAccess right) => BitwiseOr(left, right);

    /// <summary>Gets the rule that allows what both rules allow.</summary>
    public static RpcAccess BitwiseAnd(RpcAccess left, RpcAccess right) => new JoinedAccess(left, right, isAnd: true);

    /// <summary>Gets the rule that allows what one of the rules allows.</summary>
    public static RpcAccess BitwiseOr(RpcAccess left, RpcAccess right) => new JoinedAccess(left, right, isAnd: false);

    /// <summary>Gets a rule like this one that has another for one method.</summary>
    /// <param name="method">The method's name in C# or on the wire. That the service has it is checked when the service
    /// is added.</param>
    /// <param name="access">Who may call that method, whatever this rule says.</param>
    public RpcAccess WithMethod(string method, RpcAccess access) => new MethodAccess(this, method, access);

    /// <summary>Gets the methods that the rule names.</summary>
    internal virtual IEnumerable<string> Methods => [];

    internal abstract ValueTask<AccessDecision> DecideAsync(InboundCall call);

    private protected static AccessDecision Allow(bool isAllowed) =>
        isAllowed ? AccessDecision.Allowed : AccessDecision.Denied;
}
