namespace KvpRpc.Tests.Calls.Access;

/// <summary>Counts the calls that came through.</summary>
internal sealed class Vault : IVault
{
    private int _calls;

    internal int Calls => Volatile.Read(ref _calls);

    public Task<string> ReadAsync(string name)
    {
        Interlocked.Increment(ref _calls);
        return Task.FromResult(name);
    }

    public Task WriteAsync(string name, string text)
    {
        Interlocked.Increment(ref _calls);
        return Task.CompletedTask;
    }

    public IAsyncEnumerable<string> ListAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _calls);
        return Items.From(["one"]);
    }

    public Task TouchAsync(string name)
    {
        Interlocked.Increment(ref _calls);
        return Task.CompletedTask;
    }
}
