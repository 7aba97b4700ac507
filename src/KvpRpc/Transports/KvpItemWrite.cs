namespace KvpRpc.Transports;

/// <summary>One own item to be written or deleted, and what came of it.</summary>
/// <remarks>The transport sets <see cref="Outcome"/> and <see cref="Error"/>; the caller reuses the object.</remarks>
public sealed class KvpItemWrite
{
    /// <summary>Initializes a write of the item with this key.</summary>
    /// <param name="key">1 to 254 UTF-16 units.</param>
    public KvpItemWrite(string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        Key = key;
    }

    /// <summary>Gets the item's key.</summary>
    public string Key { get; }

    /// <summary>Gets or sets the text to write; ignored when <see cref="IsDelete"/> is set.</summary>
    public ReadOnlyMemory<char> Value { get; set; }

    /// <summary>Gets or sets whether the item is deleted: gone afterwards, or there with an empty value where the
    /// platform cannot remove items. Deleting an item that does not exist succeeds.</summary>
    public bool IsDelete { get; set; }

    /// <summary>Gets or sets what came of the write; set by the transport.</summary>
    public KvpWriteOutcome Outcome { get; set; }

    /// <summary>Gets or sets why the write did not land, for people; null when it did. Set by the transport.</summary>
    public string? Error { get; set; }
}
