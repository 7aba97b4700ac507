using KvpRpc.Transports;

namespace KvpRpc.Conformance;

/// <summary>Collects the items that a read shows, and notes a key that shows twice.</summary>
public sealed class ItemCollector : IKvpItemVisitor
{
    private readonly Dictionary<string, string> _items = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, string> Items => _items;

    public IList<string> RepeatedKeys { get; } = [];

    public void Visit(ReadOnlySpan<char> key, ReadOnlySpan<char> value)
    {
        string name = key.ToString();
        if (!_items.TryAdd(name, value.ToString())) RepeatedKeys.Add(name);
    }
}
