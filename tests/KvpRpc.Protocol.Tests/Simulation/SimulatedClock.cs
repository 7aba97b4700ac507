namespace KvpRpc.Protocol.Tests.Simulation;

/// <summary>Virtual time: what is to happen, in order of time and then of its making.</summary>
internal sealed class SimulatedClock
{
    private readonly PriorityQueue<Action, (TimeSpan At, long Order)> _queue = new();
    private long _order;

    internal Instant Now { get; private set; }

    internal int Count => _queue.Count;

    internal void At(Instant instant, Action action)
    {
        if (instant != Instant.Never)
            _queue.Enqueue(action, ((instant < Now ? Now : instant).SinceStart, _order++));
    }

    internal void After(TimeSpan span, Action action) => At(Now + span, action);

    /// <summary>Does all that is due until then.</summary>
    internal void RunUntil(Instant end)
    {
        while (_queue.TryPeek(out _, out (TimeSpan At, long Order) next) && next.At <= end.SinceStart)
        {
            Now = new(next.At);
            _queue.Dequeue()();
        }

        Now = end;
    }

    /// <summary>Does what is due until the condition holds; false when it did not come true in time.</summary>
    internal bool RunUntil(Func<bool> condition, TimeSpan atMost)
    {
        Instant end = Now + atMost;
        while (!condition())
        {
            if (!_queue.TryPeek(out _, out (TimeSpan At, long Order) next) || next.At > end.SinceStart)
                return false;
            Now = new(next.At);
            _queue.Dequeue()();
        }

        return true;
    }
}
