namespace KvpRpc.Generator.Lock;

/// <summary>A service, or a type that crosses.</summary>
/// <param name="kind"><see cref="Service"/>, <see cref="Array"/>, <see cref="Map"/>, <see cref="Union"/> or
/// <see cref="Enum"/>.</param>
/// <param name="name">The service's name on the wire, or the type's name in C#.</param>
internal sealed class LockEntry(string kind, string name)
{
    internal const string Service = "service";
    internal const string Array = "array";
    internal const string Map = "map";
    internal const string Union = "union";
    internal const string Enum = "enum";

    internal static readonly IReadOnlyList<string> Kinds = [Service, Array, Enum, Map, Union];

    internal string Kind { get; } = kind;

    internal string Name { get; } = name;

    internal bool IsService => Kind == Service;

    /// <summary>Gets what finds it in a file: a service and a type may have the same name.</summary>
    internal string Key => IdOf(IsService, Name);

    internal List<LockLine> Lines { get; } = [];

    /// <summary>Gets or sets whether it is gone. Types do not retire: peers do not know their names.</summary>
    internal bool IsRetired { get; set; }

    /// <summary>Gets or sets where it is in the file, from 0.</summary>
    internal int Number { get; set; }

    /// <summary>Gets or sets the comments above it.</summary>
    internal IReadOnlyList<string> Comments { get; set; } = [];

    internal static string IdOf(bool isService, string name) => (isService ? "service " : "type ") + name;

    internal LockLine? Find(string key) => Lines.FirstOrDefault(line => line.Key == key);

    /// <summary>Puts what crosses at a key: a new line, or the one there, which is retired no more.</summary>
    internal void Put(string key, string text)
    {
        if (Find(key) is not { } line)
        {
            line = new LockLine(key, text);
            Lines.Add(line);
        }

        line.Text = text;
        line.IsRetired = false;
    }

    /// <summary>A line as the file has it, without what retires it.</summary>
    internal string TextOf(LockLine line) =>
        IsService ? line.Key + line.Text : $"{LockText.Quote(line.Key)}: {line.Text}";
}
