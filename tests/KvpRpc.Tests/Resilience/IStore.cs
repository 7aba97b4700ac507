namespace KvpRpc.Tests.Resilience;

/// <summary>A contract with methods that may run twice and others that may not.</summary>
[KvpService(Name = "test.Store")]
public interface IStore
{
    [Idempotent]
    Task<string> ReadAsync(string key, CancellationToken cancellationToken = default);

    Task<string> WriteAsync(string key, CancellationToken cancellationToken = default);

    [Idempotent]
    IAsyncEnumerable<int> ListAsync(int count, CancellationToken cancellationToken = default);

    [Idempotent]
    Task<string> ScanAsync(IProgress<int>? progress, CancellationToken cancellationToken = default);

    [Idempotent]
    Task<long> SumAsync(IAsyncEnumerable<int> values, CancellationToken cancellationToken = default);

    [KvpMethod(OneWay = true)]
    Task NotifyAsync(string text, CancellationToken cancellationToken = default);
}
