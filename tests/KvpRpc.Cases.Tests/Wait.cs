namespace KvpRpc.Cases.Tests;

/// <summary>Bounded waits for what must happen.</summary>
internal static class Wait
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    internal static Task For(Task task) => task.WaitAsync(Limit, TestContext.Current.CancellationToken);

    internal static Task<T> For<T>(Task<T> task) => task.WaitAsync(Limit, TestContext.Current.CancellationToken);

    internal static async Task<RpcException> ForError(Task task) =>
        await Assert.ThrowsAsync<RpcException>(() => For(task));

    internal static async Task ForCancellation(Task task) =>
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => For(task));

    internal static Task<List<T>> ForAll<T>(IAsyncEnumerable<T> items) =>
        For(items.ToListAsync(TestContext.Current.CancellationToken).AsTask());
}
