namespace KvpRpc.Generator.Model;

/// <summary>An argument of a call.</summary>
/// <param name="Name">Its name in C#.</param>
/// <param name="Value">Its type.</param>
/// <param name="Default">Its default value as C# writes it; null for none.</param>
internal sealed record ParameterModel(string Name, ValueUse Value, string? Default);
