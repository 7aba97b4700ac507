using System.Collections.Concurrent;

namespace KvpRpc.Calls;

/// <summary>A few objects kept for the next call.</summary>
internal sealed class Pool<T>(int max)
    where T : class, new()
{
    private readonly ConcurrentQueue<T> _kept = new();
    private T? _first;
    private int _count;

    internal T Rent()
    {
        if (Interlocked.Exchange(ref _first, null) is { } first)
            return first;
        if (!_kept.TryDequeue(out T? value))
            return new T();
        Interlocked.Decrement(ref _count);
        return value;
    }

    internal void Return(T value)
    {
        if (Interlocked.CompareExchange(ref _first, value, null) is null)
            return;
        if (Interlocked.Increment(ref _count) <= max)
            _kept.Enqueue(value);
        else
            Interlocked.Decrement(ref _count);
    }
}
