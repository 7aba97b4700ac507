using KvpRpc.Calls;

namespace KvpRpc.Access;

/// <summary>A rule for one method, and another for all the rest.</summary>
internal sealed class MethodAccess : RpcAccess
{
    private readonly RpcAccess _others;
    private readonly string _method;
    private readonly RpcAccess _access;

    internal MethodAccess(RpcAccess others, string method, RpcAccess access)
    {
        ArgumentException.ThrowIfNullOrEmpty(method);
        ArgumentNullException.ThrowIfNull(access);
        (_others, _method, _access) = (others, method, access);
    }

    internal override IEnumerable<string> Methods => [_method, .. _others.Methods, .. _access.Methods];

    /// <summary>Says whether a method has a name: its own on the wire, or that and the ending that the wire
    /// drops.</summary>
    internal static bool IsName(string name, string wireName) =>
        name.StartsWith(wireName, StringComparison.Ordinal) && name[wireName.Length..] is "" or "Async";

    internal override ValueTask<AccessDecision> DecideAsync(InboundCall call) =>
        (IsName(_method, call.Definition.Name) ? _access : _others).DecideAsync(call);
}
