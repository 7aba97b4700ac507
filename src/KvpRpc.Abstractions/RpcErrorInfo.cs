namespace KvpRpc;

/// <summary>Why a call failed, in a form that programs can act on: a detail of an <see cref="RpcException"/>.</summary>
/// <param name="Reason">The reason, a constant of the domain, for example <c>DISK_FULL</c>.</param>
/// <param name="Domain">Whose reasons these are, for example <c>patching.example.com</c>.</param>
/// <param name="Parameters">What the reason is about, by name; at most 64.</param>
public sealed record RpcErrorInfo(string Reason, string Domain, IReadOnlyDictionary<string, string> Parameters);
