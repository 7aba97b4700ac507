using System.Collections.Concurrent;
using KvpRpc.Tests.Calls;

namespace KvpRpc.Tests.Resilience;

/// <summary>A service that counts exactly what runs, and whose behaviour each test chooses.</summary>
internal sealed class Store : IStore
{
    private int _runs;

    /// <summary>Gets how many handlers have begun.</summary>
    internal int Runs => Volatile.Read(ref _runs);

    /// <summary>Gets what the handlers were told: attempt numbers, in the order in which they began.</summary>
    internal ConcurrentQueue<long> Attempts { get; } = new();

    internal Func<int, string, CancellationToken, Task<string>> OnCall { get; set; } =
        (run, key, _) => Task.FromResult($"{key} {run}");

    internal Func<int, int, CancellationToken, IAsyncEnumerable<int>> OnList { get; set; } =
        (_, count, _) => Items.From(Enumerable.Range(0, count));

    internal Func<int, IProgress<int>?, CancellationToken, Task<string>> OnScan { get; set; } =
        (run, _, _) => Task.FromResult($"scan {run}");

    internal Func<int, IAsyncEnumerable<int>, CancellationToken, Task<long>> OnSum { get; set; } =
        async (_, values, _) => await values.AggregateAsync(0L, (sum, value) => sum + value);

    public Task<string> ReadAsync(string key, CancellationToken cancellationToken) =>
        OnCall(Begin(), key, cancellationToken);

    public Task<string> WriteAsync(string key, CancellationToken cancellationToken) =>
        OnCall(Begin(), key, cancellationToken);

    public IAsyncEnumerable<int> ListAsync(int count, CancellationToken cancellationToken) =>
        OnList(Begin(), count, cancellationToken);

    public Task<string> ScanAsync(IProgress<int>? progress, CancellationToken cancellationToken) =>
        OnScan(Begin(), progress, cancellationToken);

    public Task<long> SumAsync(IAsyncEnumerable<int> values, CancellationToken cancellationToken) =>
        OnSum(Begin(), values, cancellationToken);

    public Task NotifyAsync(string text, CancellationToken cancellationToken) =>
        OnCall(Begin(), text, cancellationToken);

    private int Begin()
    {
        Attempts.Enqueue(RpcContext.Current!.Attempt);
        return Interlocked.Increment(ref _runs);
    }
}
