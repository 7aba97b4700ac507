namespace KvpRpc.Transports;

/// <summary>Something that is wrong with a table although it can be read and written.</summary>
/// <param name="Code">A short stable name, for programs: for example <c>foreign-record-invalid-utf8</c>.</param>
/// <param name="Message">What is wrong and what to do, for people.</param>
public sealed record KvpTransportProblem(string Code, string Message);
