namespace KvpRpc;

/// <summary>The exception that a handler threw, as text: a detail of an <see cref="RpcException"/>, only where the
/// callee has switched it on. It can hold secrets.</summary>
/// <param name="Type">The exception's type.</param>
/// <param name="Message">Its message.</param>
/// <param name="StackTrace">Where it was thrown, or the beginning of that; null: it does not say.</param>
/// <param name="Inner">Its cause, up to four levels; null: none.</param>
public sealed record RpcExceptionInfo(string Type, string Message, string? StackTrace, RpcExceptionInfo? Inner);
