namespace KvpRpc.Generator.Model;

/// <summary>A type where a value of it is written and read.</summary>
/// <param name="Type">The type as C# writes it there, with its annotations.</param>
/// <param name="WriteFormat">A statement that writes the value <c>{0}</c>, without semicolon.</param>
/// <param name="Read">An expression that reads a value.</param>
/// <param name="Form">What crosses, as the lock file writes it.</param>
internal sealed record ValueUse(string Type, string WriteFormat, string Read, string Form)
{
    internal string Write(string value) => WriteFormat.Replace("{0}", value);
}
