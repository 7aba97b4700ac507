namespace KvpRpc.Emulator.Guests;

/// <summary>One transaction that the host starts: on the wire, one item at a time.</summary>
/// <param name="Operation">What is asked.</param>
/// <param name="Pool">The pool it is asked of.</param>
/// <param name="Key">UTF-16 as the host sends it; empty for <see cref="KvpOperation.Enumerate"/>.</param>
/// <param name="Value">UTF-16 as the host sends it; used by <see cref="KvpOperation.Set"/> alone.</param>
/// <param name="Index">From zero; used by <see cref="KvpOperation.Enumerate"/> alone.</param>
internal readonly record struct KvpRequest(KvpOperation Operation, KvpPool Pool, string Key, string Value, int Index)
{
    /// <summary>Asks for the value of <paramref name="key"/>.</summary>
    internal static KvpRequest Get(KvpPool pool, string key) => new(KvpOperation.Get, pool, key, string.Empty, 0);

    /// <summary>Adds or changes an item.</summary>
    internal static KvpRequest Set(KvpPool pool, string key, string value) =>
        new(KvpOperation.Set, pool, key, value, 0);

    /// <summary>Takes an item away.</summary>
    internal static KvpRequest Delete(KvpPool pool, string key) => new(KvpOperation.Delete, pool, key, string.Empty, 0);

    /// <summary>Asks for the item at <paramref name="index"/>.</summary>
    internal static KvpRequest Enumerate(KvpPool pool, int index) =>
        new(KvpOperation.Enumerate, pool, string.Empty, string.Empty, index);
}
