namespace KvpRpc;

/// <summary>Promises that running a method twice does no harm, so that a lost call may be sent again.</summary>
[AttributeUsage(AttributeTargets.Method, Inherited = false)]
public sealed class IdempotentAttribute : Attribute;
