using System.Globalization;
using System.Text;

namespace KvpRpc.Guest.Linux;

/// <summary>Tells the records of one transport from those of others, by the prefix of their keys.</summary>
/// <remarks>
/// A deleted record that is not at the end of the file cannot leave it without moving those of others. It stays as a
/// <em>free</em> one: without a value, its key the prefix, a tilde and its number. A new item takes a free one's place.
/// </remarks>
internal sealed class OwnKeys
{
    private readonly string _freePrefix;
    private readonly byte[] _prefix;
    private readonly byte[] _free;

    internal OwnKeys(string prefix)
    {
        Prefix = prefix;
        _freePrefix = prefix + "~";
        _prefix = Encoding.UTF8.GetBytes(prefix);
        _free = Encoding.UTF8.GetBytes(_freePrefix);
    }

    /// <summary>Gets the prefix of all own keys.</summary>
    internal string Prefix { get; }

    /// <summary>Gets how the keys of free records start.</summary>
    internal ReadOnlySpan<byte> FreePrefix => _free;

    /// <summary>Gets whether a key could be that of a free record.</summary>
    internal bool IsReserved(string key) => key.StartsWith(_freePrefix, StringComparison.Ordinal);

    /// <summary>Gets whether a record is ours to write.</summary>
    internal bool IsOwn(ReadOnlySpan<byte> record) => record.StartsWith(_prefix);

    /// <summary>Gets whether a record waits for a new item: a free one, or one that never got a key.</summary>
    internal bool IsFree(ReadOnlySpan<byte> record) =>
        PoolRecord.IsValueEmpty(record) && (record.StartsWith(_free) || PoolRecord.IsBlank(record));

    /// <summary>Makes the free record for a place in the file.</summary>
    internal void MakeFree(int number, Span<byte> record)
    {
        record.Clear();
        _free.CopyTo(record);
        Span<byte> digits = record[_free.Length..PoolRecord.MaxKeyBytes];
        _ = number.TryFormat(digits, out _, default, CultureInfo.InvariantCulture);
    }
}
