namespace KvpRpc.Guest.Linux;

/// <summary>The layout of one record of a pool file: a key field and a value field, each text ended by a NUL.</summary>
/// <remarks>
/// <code>
/// offset size
///      0  512  key: UTF-8, cut at the first NUL; what follows is stale
///    512 2048  value: the same
/// </code>
/// Source: <c>struct kvp_record</c> and <c>linux/hyperv.h</c>. A file is an array of them without a header; the daemon
/// leaves out what is left at its end when that is shorter than a record.
/// </remarks>
internal static class PoolRecord
{
    internal const int KeySize = 512;
    internal const int ValueSize = 2048;
    internal const int Size = KeySize + ValueSize;
    internal const int ValueOffset = KeySize;

    /// <summary>The bytes of a key: one less than its field, for the NUL.</summary>
    internal const int MaxKeyBytes = KeySize - 1;

    /// <summary>The bytes of a value: one less than its field, for the NUL.</summary>
    internal const int MaxValueBytes = ValueSize - 1;

    internal static ReadOnlySpan<byte> KeyField(ReadOnlySpan<byte> record) => record[..KeySize];

    internal static ReadOnlySpan<byte> ValueField(ReadOnlySpan<byte> record) => record.Slice(ValueOffset, ValueSize);

    /// <summary>Gets the text of a field.</summary>
    /// <returns>False when the field has no NUL: it is then no text at all, and <paramref name="text"/> all of
    /// it.</returns>
    internal static bool TryCut(ReadOnlySpan<byte> field, out ReadOnlySpan<byte> text)
    {
        int end = field.IndexOf((byte)0);
        text = end < 0 ? field : field[..end];
        return end >= 0;
    }

    /// <summary>Gets the key's bytes, whatever they are.</summary>
    internal static ReadOnlySpan<byte> Key(ReadOnlySpan<byte> record)
    {
        TryCut(KeyField(record), out ReadOnlySpan<byte> key);
        return key;
    }

    /// <summary>Gets whether the value is empty: the item is deleted, or its writer died while it wrote.</summary>
    internal static bool IsValueEmpty(ReadOnlySpan<byte> record) => record[ValueOffset] == 0;

    /// <summary>Gets whether the record was never written: what the file grew by before its writer died.</summary>
    internal static bool IsBlank(ReadOnlySpan<byte> record) => !record.ContainsAnyExcept((byte)0);

    /// <summary>Finds what is wrong with a record, if anything.</summary>
    internal static PoolRecordFault Inspect(ReadOnlySpan<byte> record)
    {
        bool ended = TryCut(KeyField(record), out ReadOnlySpan<byte> key);
        ended &= TryCut(ValueField(record), out ReadOnlySpan<byte> value);
        return !ended ? PoolRecordFault.Unterminated
            : !System.Text.Unicode.Utf8.IsValid(key) || !System.Text.Unicode.Utf8.IsValid(value)
                ? PoolRecordFault.NotUtf8
                : PoolRecordFault.None;
    }
}
