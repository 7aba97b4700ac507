namespace KvpRpc;

/// <summary>Which arguments are wrong: a detail of an <see cref="RpcException"/> with <see
/// cref="StatusCode.InvalidArgument"/>.</summary>
/// <param name="Arguments">What is wrong with each; at most 64.</param>
public sealed record RpcInvalidArguments(IReadOnlyList<RpcInvalidArgument> Arguments);

/// <summary>What is wrong with one argument.</summary>
/// <param name="Path">The argument, or the member inside it, for example <c>request.Patches[2].Id</c>.</param>
/// <param name="Description">What is wrong, for people.</param>
public sealed record RpcInvalidArgument(string Path, string Description);
