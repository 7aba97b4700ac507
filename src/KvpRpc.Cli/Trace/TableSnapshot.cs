using KvpRpc.Transports;

namespace KvpRpc.Cli.Trace;

/// <summary>The items of one table as the last read has shown them, and what the next one changes.</summary>
internal sealed class TableSnapshot(string table) : IKvpItemVisitor
{
    private Dictionary<string, string> _now = new(StringComparer.OrdinalIgnoreCase);
    private Dictionary<string, string> _next = new(StringComparer.OrdinalIgnoreCase);

    // What other programs keep in the tables is none of a trace's business.
    public void Visit(ReadOnlySpan<char> key, ReadOnlySpan<char> value)
    {
        if (!value.IsEmpty && key.StartsWith(ItemKey.Prefix, StringComparison.OrdinalIgnoreCase))
            _next[key.ToString()] = value.ToString();
    }

    /// <summary>Ends a read: gives what is new, altered or gone since the one before, in the order of the
    /// items.</summary>
    internal IReadOnlyList<TraceEntry> EndRead(DateTimeOffset time)
    {
        List<TraceEntry> changes = [];
        foreach ((string key, string text) in _next)
        {
            if (!_now.TryGetValue(key, out string? before) || before != text)
                changes.Add(new(time, table, key, text));
        }

        foreach (string key in _now.Keys)
        {
            if (!_next.ContainsKey(key))
                changes.Add(new(time, table, key, null));
        }

        (_now, _next) = (_next, _now);
        _next.Clear();
        return [.. changes.OrderBy(change => ItemKey.Read(change.Key)?.Channel, StringComparer.Ordinal)
            .ThenBy(change => ItemKey.Read(change.Key)?.Number)];
    }
}
