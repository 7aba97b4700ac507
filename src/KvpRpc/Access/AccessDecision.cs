namespace KvpRpc.Access;

/// <summary>What a rule says of a call. In this order: of two rules that must both allow it, the lower decides; of two
/// of which one suffices, the higher.</summary>
internal enum AccessDecision
{
    /// <summary>It is not allowed.</summary>
    Denied,

    /// <summary>It would be allowed, had the caller proven who it is.</summary>
    Unproven,

    /// <summary>It is allowed.</summary>
    Allowed,
}
