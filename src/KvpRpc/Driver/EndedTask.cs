namespace KvpRpc.Driver;

/// <summary>What came of a transport's call.</summary>
internal static class EndedTask
{
    /// <summary>Gives why a call that has ended failed; null if it succeeded. The driver asks only while it goes on, so
    /// that a call which was given up was given up by the transport itself, and has failed.</summary>
    internal static Exception? Failure(Task ended) =>
        ended.Exception?.InnerException ?? (ended.IsCanceled ? new TaskCanceledException(ended) : null);
}
