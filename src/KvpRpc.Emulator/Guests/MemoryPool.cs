using System.Collections.Immutable;

namespace KvpRpc.Emulator.Guests;

/// <summary>One pool of an in-memory guest: records in the order in which a pool file would hold them.</summary>
/// <remarks>A changed record keeps its place, a new one goes to the end, those behind a deleted one move up. Keys match
/// exactly. Safe for use from several threads.</remarks>
internal sealed class MemoryPool
{
    /// <summary>A bound for programs that add without end. A real pool file has none.</summary>
    internal const int MaxRecords = 16_384;

    private readonly Lock _lock = new();
    private readonly List<KvpRecord> _records = [];
    private readonly List<WakeUp> _watchers = [];
    private long _version;

    /// <summary>Gets a number that grows with each change.</summary>
    internal long Version => Interlocked.Read(ref _version);

    /// <summary>Adds a record or changes its value; false if the pool is full.</summary>
    internal bool TrySet(string key, string value)
    {
        lock (_lock)
        {
            int index = Find(key);
            if (index < 0 && _records.Count >= MaxRecords) return false;
            if (index < 0) _records.Add(new KvpRecord(key, value));
            else _records[index] = new KvpRecord(key, value);
            NoteChange();
        }

        return true;
    }

    /// <summary>Deletes a record; false if there is none.</summary>
    internal bool TryDelete(string key)
    {
        lock (_lock)
        {
            int index = Find(key);
            if (index < 0) return false;
            _records.RemoveAt(index);
            NoteChange();
        }

        return true;
    }

    internal bool TryGet(string key, out KvpRecord record)
    {
        lock (_lock)
        {
            int index = Find(key);
            record = index < 0 ? default : _records[index];
            return index >= 0;
        }
    }

    internal bool TryGet(int index, out KvpRecord record)
    {
        lock (_lock)
        {
            bool exists = index >= 0 && index < _records.Count;
            record = exists ? _records[index] : default;
            return exists;
        }
    }

    /// <summary>Copies all records at one moment.</summary>
    /// <param name="buffer">Is replaced by a longer one where that is needed.</param>
    /// <param name="version">The version at that moment.</param>
    /// <returns>How many there are.</returns>
    internal int CopyTo(ref KvpRecord[] buffer, out long version)
    {
        lock (_lock)
        {
            if (buffer.Length < _records.Count) buffer = new KvpRecord[_records.Capacity];
            _records.CopyTo(buffer);
            version = _version;
            return _records.Count;
        }
    }

    internal ImmutableArray<KvpRecord> Copy()
    {
        lock (_lock) return [.. _records];
    }

    internal void Replace(ImmutableArray<KvpRecord> records)
    {
        lock (_lock)
        {
            _records.Clear();
            _records.AddRange(records);
            NoteChange();
        }
    }

    /// <summary>Has <paramref name="watcher"/> woken at every change from now on.</summary>
    internal void Watch(WakeUp watcher)
    {
        lock (_lock) _watchers.Add(watcher);
    }

    internal void Unwatch(WakeUp watcher)
    {
        lock (_lock) _watchers.Remove(watcher);
    }

    private int Find(string key)
    {
        for (int index = 0; index < _records.Count; index++)
        {
            if (string.Equals(_records[index].Key, key, StringComparison.Ordinal)) return index;
        }

        return -1;
    }

    // Waking up runs no code of the watcher on this thread, so it is safe under the lock.
    private void NoteChange()
    {
        Interlocked.Increment(ref _version);
        foreach (WakeUp watcher in _watchers) watcher.Set();
    }
}
