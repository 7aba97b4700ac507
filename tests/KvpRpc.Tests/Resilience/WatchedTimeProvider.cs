using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;

namespace KvpRpc.Tests.Resilience;

/// <summary>A clock that a test moves, and of which it knows which waits have begun.</summary>
internal sealed class WatchedTimeProvider : FakeTimeProvider
{
    private readonly ConcurrentQueue<TimeSpan> _waits = new();

    /// <summary>Gets how long the waits were to be that have begun.</summary>
    internal IEnumerable<TimeSpan> Waits => _waits;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ITimer timer = base.CreateTimer(callback, state, dueTime, period);
        _waits.Enqueue(dueTime);
        return timer;
    }
}
