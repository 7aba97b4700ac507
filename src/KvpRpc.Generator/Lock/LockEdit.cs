namespace KvpRpc.Generator.Lock;

/// <summary>A change of a lock file, which takes its drift away.</summary>
/// <param name="Kind">The entry's kind.</param>
/// <param name="Name">The entry's name.</param>
/// <param name="Key">The line's key; null for the whole entry.</param>
/// <param name="Text">What crosses there, or the lines of the entry; null if it is gone.</param>
internal sealed record LockEdit(string Kind, string Name, string? Key, string? Text)
{
    private const string KindProperty = "Kind";
    private const string NameProperty = "Name";
    private const string KeyProperty = "Key";
    private const string TextProperty = "Text";

    /// <summary>The edit as properties of a diagnostic, for the code fix.</summary>
    internal IEnumerable<KeyValuePair<string, string?>> ToProperties() =>
    [
        new(KindProperty, Kind), new(NameProperty, Name), new(KeyProperty, Key), new(TextProperty, Text),
    ];

    internal static LockEdit? FromProperties(IReadOnlyDictionary<string, string?> properties) =>
        properties.TryGetValue(KindProperty, out string? kind) && kind is not null
        && properties.TryGetValue(NameProperty, out string? name) && name is not null
            ? new LockEdit(kind, name, properties[KeyProperty], properties[TextProperty])
            : null;

    internal void ApplyTo(LockFile file)
    {
        string id = LockEntry.IdOf(Kind == LockEntry.Service, Name);
        LockEntry? entry = file.Find(id);
        if (Key is null && Text is null)
            Retire(file, entry);
        else if (Key is null)
            Put(file, entry);
        else if (Text is not null)
            entry?.Put(Key, Text);
        else if (entry?.Find(Key) is { } line)
            line.IsRetired = true;
    }

    private static void Retire(LockFile file, LockEntry? entry)
    {
        if (entry is { IsService: true })
            entry.IsRetired = true;
        else if (entry is not null)
            file.Entries.Remove(entry);
    }

    private void Put(LockFile file, LockEntry? entry)
    {
        if (entry is not null && entry.Kind != Kind)
        {
            file.Entries.Remove(entry);
            entry = null;
        }

        if (entry is null)
        {
            entry = new LockEntry(Kind, Name);
            file.Entries.Add(entry);
        }

        entry.IsRetired = false;
        foreach (LockLine line in LockFile.Parse($"{Kind} {Name}\n{Text}").Entries[0].Lines)
            entry.Put(line.Key, line.Text);
    }
}
