namespace KvpRpc.Benchmarks.Rpc;

/// <summary>The contract that all systems carry.</summary>
[KvpService(Name = "bench.Desk")]
public interface IDesk
{
    Task<Answer> AskAsync(Question question, CancellationToken cancellationToken = default);

    IAsyncEnumerable<Reading> WatchAsync(int count, CancellationToken cancellationToken = default);
}
