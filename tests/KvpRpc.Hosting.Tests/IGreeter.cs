namespace KvpRpc.Hosting.Tests;

[KvpService]
public interface IGreeter
{
    Task<string> GreetAsync(string name, CancellationToken cancellationToken = default);

    Task WaitAsync(CancellationToken cancellationToken = default);

    IAsyncEnumerable<string> GreetManyAsync(int count, CancellationToken cancellationToken = default);
}
