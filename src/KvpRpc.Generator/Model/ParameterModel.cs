namespace KvpRpc.Generator.Model;

/// <summary>An argument of a call.</summary>
/// <param name="Name">Its name in C#.</param>
/// <param name="Kind">How it crosses.</param>
/// <param name="Value">Its type; that of an item or of a report if it is more than a value.</param>
/// <param name="Default">Its default value as C# writes it; null for none.</param>
internal sealed record ParameterModel(string Name, ParameterKind Kind, ValueUse Value, string? Default);

/// <summary>How an argument crosses.</summary>
internal enum ParameterKind
{
    /// <summary>In the request.</summary>
    Value,

    /// <summary>Item by item to the callee: an <c>IAsyncEnumerable</c>.</summary>
    Stream,

    /// <summary>Report by report to the caller: an <c>IProgress</c>.</summary>
    Progress,
}
