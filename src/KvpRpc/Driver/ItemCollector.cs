using KvpRpc.Transports;

namespace KvpRpc.Driver;

/// <summary>Keeps what a read shows of one channel until the loop hands it to the engine: a read runs beside the loop,
/// and the engine is the loop's alone.</summary>
internal sealed class ItemCollector(string keyPrefix) : IKvpItemVisitor
{
    // A channel has at most 128 items and their probes; whatever else a hostile table shows is not kept.
    private const int MaxItems = 256;

    private readonly List<(int Key, int KeyLength, int ValueLength)> _items = [];
    private char[] _text = new char[4096];
    private int _used;

    internal int Count => _items.Count;

    public void Visit(ReadOnlySpan<char> key, ReadOnlySpan<char> value)
    {
        if (_items.Count == MaxItems || key.Length > keyPrefix.Length + 8
            || !key.StartsWith(keyPrefix, StringComparison.OrdinalIgnoreCase))
            return;
        int length = key.Length + value.Length;
        if (_text.Length - _used < length)
            Array.Resize(ref _text, Math.Max(_text.Length * 2, _used + length));
        key.CopyTo(_text.AsSpan(_used));
        value.CopyTo(_text.AsSpan(_used + key.Length));
        _items.Add((_used, key.Length, value.Length));
        _used += length;
    }

    internal void Clear()
    {
        _items.Clear();
        _used = 0;
        // A burst of items need not be paid for at rest.
        if (_text.Length > 16384)
            _text = new char[4096];
    }

    internal ReadOnlySpan<char> Key(int index) => _text.AsSpan(_items[index].Key, _items[index].KeyLength);

    internal ReadOnlySpan<char> Value(int index) =>
        _text.AsSpan(_items[index].Key + _items[index].KeyLength, _items[index].ValueLength);
}
