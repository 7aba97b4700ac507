namespace KvpRpc.Generator.Model;

/// <summary>The kinds of task a method may return.</summary>
internal enum ResultKind
{
    Task,
    ValueTask,
}
