namespace KvpRpc.Calls;

/// <summary>What a message says to the caller of a method whose result is a stream.</summary>
/// <param name="Items">The items in it; none in most messages of other kinds.</param>
/// <param name="IsLast">Whether the call ends after them.</param>
/// <param name="Error">With what it ends; null: it succeeded.</param>
internal readonly record struct ItemsMessage(ItemCursor Items, bool IsLast, RpcException? Error);
