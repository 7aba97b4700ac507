using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace KvpRpc;

/// <summary>What travels beside the arguments or the result of a call: keys with values, in order; keys may
/// repeat.</summary>
/// <remarks>A key has 1 to 64 characters of <c>a-z 0-9 - _ .</c>; one that ends in <c>-bin</c> has bytes as its value,
/// another has text. Metadata takes room in every call it goes with, on a narrow medium.</remarks>
[SuppressMessage("Naming", "CA1710", Justification = "The name is that of gRPC, which users know.")]
public sealed class RpcMetadata : IReadOnlyCollection<KeyValuePair<string, byte[]>>
{
    private const int MaxKeyLength = 64;

    private readonly List<KeyValuePair<string, byte[]>> _entries = [];
    private bool _isReadOnly;

    /// <summary>Gets metadata without entries, which takes none.</summary>
    public static RpcMetadata Empty { get; } = new RpcMetadata().Freeze();

    /// <inheritdoc/>
    public int Count => _entries.Count;

    /// <summary>Adds a text.</summary>
    /// <exception cref="ArgumentException">The key breaks a rule, or is one for bytes.</exception>
    /// <exception cref="InvalidOperationException">This metadata came from the peer, or is <see
    /// cref="Empty"/>.</exception>
    public void Add(string key, string value)
    {
        _ = value ?? throw new ArgumentNullException(nameof(value));
        if (IsForBytes(key))
            throw new ArgumentException($"The value of '{key}' is bytes, as its key says by '-bin'.", nameof(key));
        AddEntry(key, Encoding.UTF8.GetBytes(value));
    }

    /// <summary>Adds bytes.</summary>
    /// <exception cref="ArgumentException">The key breaks a rule, or is one for text.</exception>
    /// <exception cref="InvalidOperationException">This metadata came from the peer, or is <see
    /// cref="Empty"/>.</exception>
    public void Add(string key, byte[] value)
    {
        _ = value ?? throw new ArgumentNullException(nameof(value));
        if (!IsForBytes(key))
            throw new ArgumentException($"A key for bytes ends in '-bin', '{key}' does not.", nameof(key));
        AddEntry(key, value);
    }

    /// <summary>Takes all values of a key out; false if there was none.</summary>
    /// <exception cref="InvalidOperationException">This metadata came from the peer, or is <see
    /// cref="Empty"/>.</exception>
    public bool Remove(string key)
    {
        ThrowIfReadOnly();
        return _entries.RemoveAll(entry => entry.Key == key) > 0;
    }

    /// <summary>Gets the first text of a key; null if there is none.</summary>
    public string? GetText(string key) =>
        !IsForBytes(key) && GetBytes(key) is { } value ? Encoding.UTF8.GetString(value) : null;

    /// <summary>Gets the first value of a key as bytes, which are not to be changed; null if there is none.</summary>
    public byte[]? GetBytes(string key)
    {
        foreach (KeyValuePair<string, byte[]> entry in _entries)
        {
            if (entry.Key == key)
                return entry.Value;
        }

        return null;
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, byte[]>> GetEnumerator() => _entries.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Adds an entry that came from the peer and has been checked.</summary>
    internal void AddReceived(string key, byte[] value) => _entries.Add(new(key, value));

    internal RpcMetadata Freeze()
    {
        _isReadOnly = true;
        return this;
    }

    private static bool IsForBytes(string key) =>
        key is null
            ? throw new ArgumentNullException(nameof(key))
            : key.EndsWith("-bin", StringComparison.Ordinal);

    private static bool IsKeyCharacter(char unit) =>
        unit is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-' or '_' or '.';

    private void AddEntry(string key, byte[] value)
    {
        if (key.Length is 0 or > MaxKeyLength || !key.All(IsKeyCharacter))
            throw new ArgumentException($"A key has 1 to {MaxKeyLength} of a-z 0-9 - _ . : not '{key}'.", nameof(key));
        ThrowIfReadOnly();
        _entries.Add(new(key, value));
    }

    private void ThrowIfReadOnly()
    {
        if (_isReadOnly)
            throw new InvalidOperationException("This metadata is only to be read.");
    }
}
