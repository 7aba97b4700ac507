using KvpRpc.Protocol.Frames;

namespace KvpRpc.Protocol.Streams;

/// <summary>Stream names cross once a link and are numbers from then on; each direction has its own table.</summary>
internal sealed class NameTable
{
    /// <summary>The longest name, in bytes of UTF-8.</summary>
    internal const int MaxNameBytes = StreamFrame.MaxNameBytes;

    // What a string takes beside its characters, and its place in a table.
    private const int EntryBytes = 64;

    private readonly Dictionary<string, ulong> _numbers = new(StringComparer.Ordinal);
    private readonly List<string> _names = [];

    /// <summary>Gets about how many bytes the names take.</summary>
    internal long Bytes { get; private set; }

    /// <summary>Gives a name's number, and whether the name must stand beside it this time.</summary>
    internal ulong Peek(string name, out bool isDefined)
    {
        isDefined = _numbers.TryGetValue(name, out ulong number);
        return isDefined ? number : _numbers.Count < StreamFrame.MaxNames ? (ulong)_numbers.Count + 1 : 0;
    }

    /// <summary>Notes that the peer has been told a name under its number.</summary>
    internal void Define(string name, ulong number)
    {
        if (number == 0)
            return;
        _numbers.Add(name, number);
        Bytes += EntryBytes + (name.Length * sizeof(char));
    }

    /// <summary>Takes a name that the peer tells; false when its number is not the next one.</summary>
    internal bool TryLearn(ulong number, string name)
    {
        if (number == 0)
            return true;
        if (number != (ulong)_names.Count + 1 || _names.Count == StreamFrame.MaxNames)
            return false;
        _names.Add(name);
        Bytes += EntryBytes + (name.Length * sizeof(char));
        return true;
    }

    /// <summary>Finds a name that the peer has told.</summary>
    internal string? Find(ulong number) =>
        number is > 0 and <= StreamFrame.MaxNames && number <= (ulong)_names.Count ? _names[(int)number - 1] : null;
}
