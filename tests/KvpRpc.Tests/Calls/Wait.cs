namespace KvpRpc.Tests.Calls;

/// <summary>Bounded waits for what must happen.</summary>
internal static class Wait
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    internal static Task For(Task task) => task.WaitAsync(Limit, TestContext.Current.CancellationToken);

    internal static Task<T> For<T>(Task<T> task) => task.WaitAsync(Limit, TestContext.Current.CancellationToken);

    /// <summary>Waits until a token is cancelled.</summary>
    internal static async Task ForCancellation(CancellationToken token)
    {
        TaskCompletionSource cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration _ = token.UnsafeRegister(_ => cancelled.TrySetResult(), null);
        await For(cancelled.Task);
    }

    /// <summary>Waits until a condition holds that no task tells of.</summary>
    internal static async Task Until(Func<bool> condition)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < Limit, "The condition did not come to hold.");
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    internal static async Task<RpcException> ForError(Task task) =>
        await Assert.ThrowsAsync<RpcException>(() => For(task));
}
