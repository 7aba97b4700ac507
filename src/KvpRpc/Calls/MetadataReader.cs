using System.Buffers;

namespace KvpRpc.Calls;

/// <summary>Takes the metadata of a header apart, entry by entry, without allocating.</summary>
/// <remarks>An entry's bytes are the length of its key, the key and the value. A key is 1 to 64 characters of
/// <c>a-z 0-9 - _ .</c>; it may come more than once.</remarks>
internal ref struct MetadataReader(ReadOnlySpan<byte> metadata)
{
    internal const int MaxKeyBytes = 64;

    private static readonly SearchValues<byte> KeyCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-_."u8);

    private FieldReader _fields = new(metadata);

    internal ReadOnlySpan<byte> Key { get; private set; }

    internal ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>Goes to the next entry; false at the end.</summary>
    internal bool MoveNext()
    {
        if (!_fields.MoveNext() || !TrySplit(_fields.Bytes, out ReadOnlySpan<byte> key, out ReadOnlySpan<byte> value))
            return false;
        Key = key;
        Value = value;
        return true;
    }

    /// <summary>Checks one entry and adds it to those found so far, which lie right before it.</summary>
    internal static bool TryTake(in FieldReader reader, ref ReadOnlySpan<byte> metadata)
    {
        if (!reader.IsBytes || !TrySplit(reader.Bytes, out _, out _))
            return false;
        metadata = reader.GetEncoded(metadata.Length);
        return true;
    }

    /// <summary>Gets the bytes of an entry's field.</summary>
    internal static byte[] Encode(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        byte[] entry = new byte[1 + key.Length + value.Length];
        entry[0] = (byte)key.Length;
        key.CopyTo(entry.AsSpan(1));
        value.CopyTo(entry.AsSpan(1 + key.Length));
        byte[] field = new byte[FieldWriter.GetLength(CallField.Metadata, entry)];
        new FieldWriter(field).Write(CallField.Metadata, entry);
        return field;
    }

    private static bool TrySplit(ReadOnlySpan<byte> entry, out ReadOnlySpan<byte> key, out ReadOnlySpan<byte> value)
    {
        key = default;
        value = default;
        if (entry.IsEmpty || entry[0] is 0 or > MaxKeyBytes || entry[0] >= entry.Length)
            return false;
        key = entry.Slice(1, entry[0]);
        value = entry[(1 + entry[0])..];
        return !key.ContainsAnyExcept(KeyCharacters);
    }
}
