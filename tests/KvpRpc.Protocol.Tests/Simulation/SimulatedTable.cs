namespace KvpRpc.Protocol.Tests.Simulation;

/// <summary>One direction of the medium: what its writer has written, and what of it its reader can see
/// already.</summary>
internal sealed class SimulatedTable
{
    private const int History = 4;

    private readonly SortedDictionary<string, List<Version>> _items = new(StringComparer.Ordinal);
    private List<KeyValuePair<string, string>>? _own;

    /// <summary>Gets or sets the most items the table takes; further ones are refused.</summary>
    internal int MaxItems { get; set; } = 1024;

    /// <summary>Gets or sets what the medium makes of a text before the reader sees it; null where it carries
    /// all.</summary>
    internal Func<string, string>? Carry { get; set; }

    internal int Count => Own().Count;

    /// <summary>Gets what the writer finds in the table.</summary>
    internal IReadOnlyList<KeyValuePair<string, string>> Own() => _own ??= [.. Current()];

    internal bool Has(string key) =>
        _items.TryGetValue(key, out List<Version>? versions) && versions[^1].Text is not null;

    internal bool Takes(string key) => Has(key) || Count < MaxItems;

    /// <summary>Changes an item; a null text deletes it. The reader sees the change from <paramref name="visibleAt"/>
    /// on.</summary>
    internal void Set(string key, string? text, Instant visibleAt)
    {
        if (!_items.TryGetValue(key, out List<Version>? versions))
            _items.Add(key, versions = [new(null, default)]);
        versions.Add(new(text, visibleAt));
        if (versions.Count > History)
            versions.RemoveAt(0);
        _own = null;
    }

    /// <summary>Gives what a reader sees now.</summary>
    /// <param name="now">The time.</param>
    /// <param name="random">Decides the order, and which items show an earlier state again.</param>
    /// <param name="staleChance">How likely an item shows an earlier state than it did before.</param>
    internal List<KeyValuePair<string, string>> Read(Instant now, SimulatedRandom? random, double staleChance)
    {
        List<KeyValuePair<string, string>> shown = [];
        foreach ((string key, List<Version> versions) in _items)
        {
            int at = versions.Count - 1;
            while (at > 0 && versions[at].VisibleAt > now)
                at--;
            if (at > 0 && random is not null && random.Chance(staleChance))
                at = random.Next(at);
            if (versions[at].Text is { } text)
                shown.Add(new(key, Carry is null ? text : Carry(text)));
        }

        for (int i = shown.Count - 1; i > 0 && random is not null; i--)
        {
            int other = random.Next(i + 1);
            (shown[i], shown[other]) = (shown[other], shown[i]);
        }

        return shown;
    }

    /// <summary>Puts the table back to what it held.</summary>
    internal void Restore(IReadOnlyList<KeyValuePair<string, string>> items, Instant now)
    {
        _items.Clear();
        foreach ((string key, string text) in items)
            Set(key, text, now);
        _own = null;
    }

    private IEnumerable<KeyValuePair<string, string>> Current()
    {
        foreach ((string key, List<Version> versions) in _items)
        {
            if (versions[^1].Text is { } text)
                yield return new(key, text);
        }
    }

    private readonly record struct Version(string? Text, Instant VisibleAt);
}
