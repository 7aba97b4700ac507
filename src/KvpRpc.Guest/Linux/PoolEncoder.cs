using System.Buffers;
using System.Globalization;
using System.Text.Unicode;

namespace KvpRpc.Guest.Linux;

/// <summary>Makes the record of an item, or says why there can be none.</summary>
internal static class PoolEncoder
{
    internal const int MaxKeyUnits = 254;

    /// <summary>Beyond it the driver cuts what the host gets, without an error.</summary>
    internal const int MaxValueUnits = 1022;

    // What the XML of the host's interface cannot hold, or gives back changed (a carriage return).
    private static readonly SearchValues<char> Uncarried = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Select(code => (char)code).Except(['\t', '\n']), '\uFFFE', '\uFFFF']);

    /// <summary>Encodes key and value into a whole record, zeros behind both.</summary>
    /// <returns>Null, or why the item is refused.</returns>
    internal static string? TryEncode(ReadOnlySpan<char> key, ReadOnlySpan<char> value, Span<byte> record)
    {
        record.Clear();
        return TryEncode(key, MaxKeyUnits, record[..PoolRecord.MaxKeyBytes], "key")
            ?? TryEncode(value, MaxValueUnits, record.Slice(PoolRecord.ValueOffset, PoolRecord.MaxValueBytes), "value");
    }

    private static string? TryEncode(ReadOnlySpan<char> text, int maxUnits, Span<byte> field, string name)
    {
        if (text.Length > maxUnits)
        {
            return string.Create(CultureInfo.InvariantCulture,
                $"The {name} has {text.Length} UTF-16 units; a Linux guest can send {maxUnits}.");
        }

        if (text.IndexOfAny(Uncarried) is int at and >= 0)
        {
            return string.Create(CultureInfo.InvariantCulture,
                $"The {name} contains U+{(int)text[at]:X4}, which KVP does not carry: neither control characters " +
                $"but TAB and LF, nor U+FFFE and U+FFFF.");
        }

        return Utf8.FromUtf16(text, field, out _, out _, replaceInvalidSequences: false) switch
        {
            OperationStatus.Done => null,
            OperationStatus.DestinationTooSmall => string.Create(CultureInfo.InvariantCulture,
                $"The {name} needs more than the {field.Length} bytes of UTF-8 that the pool file holds."),
            _ => $"The {name} contains half of a surrogate pair, which UTF-8 cannot hold.",
        };
    }
}
