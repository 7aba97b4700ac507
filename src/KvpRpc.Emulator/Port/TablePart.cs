using System.Runtime.InteropServices;
using KvpRpc.Emulator.Guests;
using KvpRpc.Emulator.Host;
using KvpRpc.Transports;

namespace KvpRpc.Emulator.Port;

/// <summary>A table as one read has shown it, given away part by part.</summary>
internal sealed class TablePart : IKvpItemVisitor
{
    private readonly List<KvpRecord> _records = [];
    private int _taken;

    internal void Clear()
    {
        _records.Clear();
        _taken = 0;
    }

    public void Visit(ReadOnlySpan<char> key, ReadOnlySpan<char> value) =>
        _records.Add(new KvpRecord(key.ToString(), value.ToString()));

    internal ReadOnlySpan<KvpRecord> TakePart(out bool hasMore)
    {
        int start = _taken;
        for (int length = 0; _taken < _records.Count && length < PortFrame.PartLength; _taken++)
            length += MediumMeter.CountBytes(_records[_taken].Key, _records[_taken].Value);

        hasMore = _taken < _records.Count;
        return CollectionsMarshal.AsSpan(_records)[start.._taken];
    }
}
