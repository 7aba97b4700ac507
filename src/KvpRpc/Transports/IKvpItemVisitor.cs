namespace KvpRpc.Transports;

/// <summary>Is shown the items of a table, one call for each.</summary>
public interface IKvpItemVisitor
{
    /// <summary>Takes one item; it must not keep the spans.</summary>
    /// <param name="key">The item's key, 1 to 254 UTF-16 units.</param>
    /// <param name="value">The item's text; empty for an item that is deleted where the platform cannot remove
    /// items.</param>
    void Visit(ReadOnlySpan<char> key, ReadOnlySpan<char> value);
}
