namespace KvpRpc.Generator.Lock;

/// <summary>A line of an entry: a method of a service, a member of a type, a case of a union, a number of an
/// enum.</summary>
/// <param name="key">What a peer knows it by: the method's name on the wire, or the key, case or number.</param>
/// <param name="text">What crosses there, with the names in C# for people.</param>
internal sealed class LockLine(string key, string text)
{
    internal string Key { get; } = key;

    internal string Text { get; set; } = text;

    /// <summary>Gets or sets whether it is gone: the key must not come back with another meaning.</summary>
    internal bool IsRetired { get; set; }

    /// <summary>Gets or sets where it is in the file, from 0.</summary>
    internal int Number { get; set; }

    /// <summary>Gets or sets the comments above it.</summary>
    internal IReadOnlyList<string> Comments { get; set; } = [];
}
