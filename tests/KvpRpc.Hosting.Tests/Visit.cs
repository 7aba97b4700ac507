namespace KvpRpc.Hosting.Tests;

/// <summary>Something of a scope, which tells when the scope has ended.</summary>
internal sealed class Visit : IAsyncDisposable
{
    private readonly Visits _visits;

    public Visit(Visits visits)
    {
        _visits = visits;
        Number = visits.Begin();
    }

    internal int Number { get; }

    internal bool IsDisposed { get; private set; }

    public ValueTask DisposeAsync()
    {
        IsDisposed = true;
        _visits.End();
        return default;
    }
}

/// <summary>Counts the scopes that have begun and ended.</summary>
internal sealed class Visits
{
    private int _begun;
    private int _ended;

    internal int Begun => Volatile.Read(ref _begun);

    internal int Ended => Volatile.Read(ref _ended);

    internal int Begin() => Interlocked.Increment(ref _begun);

    internal void End() => Interlocked.Increment(ref _ended);
}
