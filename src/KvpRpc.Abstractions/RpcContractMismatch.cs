namespace KvpRpc;

/// <summary>The contracts of two sides differ in a method: a detail of an <see cref="RpcException"/> with <see
/// cref="StatusCode.Internal"/>, whose arguments the callee could not read.</summary>
/// <param name="Method">The method's name on the wire: <c>service/method</c>.</param>
/// <param name="CalleeSignature">What the method's messages are in the callee's contract, as in a contract's lock file,
/// or the beginning of that.</param>
/// <param name="CallerSignature">The same in the caller's contract; null: the caller has not compared them.</param>
public sealed record RpcContractMismatch(string Method, string CalleeSignature, string? CallerSignature);
