namespace KvpRpc.Generator.Model;

/// <summary>What a method may return.</summary>
internal enum ResultKind
{
    Task,
    ValueTask,

    /// <summary>An <c>IAsyncEnumerable</c>.</summary>
    Stream,
}
