namespace KvpRpc.Emulator.Guests;

/// <summary>One item as it lies in a table of a guest or of the host.</summary>
/// <param name="Key">The item's key.</param>
/// <param name="Value">The item's text.</param>
internal readonly record struct KvpRecord(string Key, string Value);
