namespace KvpRpc.Calls;

/// <summary>The open calls of a peer, ordered by deadline: one timer for all of them.</summary>
/// <remarks>
/// <para>A binary heap whose entries know their place, so that a call enters and leaves in O(log n) without allocating.
/// </para>
/// <para>The timer is set for the earliest deadline there was when it was set; a call that ends does not touch it. It
/// then wakes for nothing at most once per length of a deadline, which is cheaper than a change of the timer per call.
/// </para>
/// </remarks>
internal sealed class CallTable : IDisposable
{
    // A timer takes no longer delays than about 49 days; it wakes for nothing then, and is set again.
    private static readonly TimeSpan MaxDelay = TimeSpan.FromDays(30);

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly ITimer _timer;
    private OpenCall[] _heap = new OpenCall[16];
    private TimeSpan _wakeAt = TimeSpan.MaxValue;
    private bool _isClosed;
    private TaskCompletionSource? _emptied;

    internal CallTable(TimeProvider time)
    {
        _time = time;
        _start = time.GetTimestamp();
        _timer = CreateTimer(time);
    }

    internal int Count { get; private set; }

    /// <summary>Gets the time on the clock of deadlines.</summary>
    internal TimeSpan Now => _time.GetElapsedTime(_start);

    /// <summary>Gets the point that lies this far away; never, for an infinite time or one beyond reckoning.</summary>
    internal static TimeSpan GetDeadline(TimeSpan now, TimeSpan timeLeft) =>
        timeLeft == Timeout.InfiniteTimeSpan || timeLeft > TimeSpan.MaxValue - now ? TimeSpan.MaxValue : now + timeLeft;

    /// <summary>Adds a call; false if the table is closed.</summary>
    internal bool TryAdd(OpenCall call)
    {
        lock (_lock)
        {
            if (_isClosed)
                return false;
            if (Count == _heap.Length)
                Array.Resize(ref _heap, 2 * Count);
            Place(call, Count++);
            MoveUp(call.Index);
            SetTimer();
            return true;
        }
    }

    /// <summary>Takes a call out; false if the table has dropped it, so that its end is or was being handled.</summary>
    internal bool Remove(OpenCall call)
    {
        lock (_lock)
        {
            if (call.Index < 0)
                return false;
            RemoveAt(call.Index);
            return true;
        }
    }

    /// <summary>Completes as soon as there is no call.</summary>
    internal Task WhenEmptyAsync()
    {
        lock (_lock)
        {
            if (Count == 0)
                return Task.CompletedTask;
            return (_emptied ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>Drops the calls of the peer; gives how many there were.</summary>
    internal int EndCallsOfPeer()
    {
        List<InboundCall> dropped;
        lock (_lock)
        {
            dropped = [.. _heap[..Count].OfType<InboundCall>()];
            foreach (InboundCall call in dropped)
                RemoveAt(call.Index);
        }

        foreach (InboundCall call in dropped)
            call.HandleEnd(CallEnd.Closing);
        return dropped.Count;
    }

    /// <summary>Drops all calls and takes no more.</summary>
    internal void Close()
    {
        OpenCall[] dropped;
        lock (_lock)
        {
            _isClosed = true;
            dropped = _heap[..Count];
            foreach (OpenCall call in dropped)
                call.Index = -1;
            _heap = [];
            Count = 0;
            _emptied?.TrySetResult();
        }

        foreach (OpenCall call in dropped)
            call.HandleEnd(CallEnd.Closing);
    }

    public void Dispose()
    {
        Close();
        _timer.Dispose();
    }

    private ITimer CreateTimer(TimeProvider time)
    {
        TimerCallback callback = static state => ((CallTable)state!).HandleTimer();
        if (ExecutionContext.IsFlowSuppressed())
            return time.CreateTimer(callback, this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        // The table outlives whatever is ambient where it is made.
        using (ExecutionContext.SuppressFlow())
            return time.CreateTimer(callback, this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private void HandleTimer()
    {
        List<OpenCall> due = [];
        lock (_lock)
        {
            _wakeAt = TimeSpan.MaxValue;
            for (TimeSpan now = Now; Count > 0 && _heap[0].Deadline <= now;)
            {
                due.Add(_heap[0]);
                RemoveAt(0);
            }

            SetTimer();
        }

        foreach (OpenCall call in due)
            call.HandleEnd(CallEnd.DeadlinePassed);
    }

    private void SetTimer()
    {
        if (Count == 0 || _heap[0].Deadline >= _wakeAt)
            return;
        _wakeAt = _heap[0].Deadline;

        // Rounded up: a timer that counts whole milliseconds must not wake before the deadline.
        TimeSpan delay = TimeSpan.FromMilliseconds(Math.Ceiling((_wakeAt - Now).TotalMilliseconds));
        if (delay < TimeSpan.FromMilliseconds(1))
            delay = TimeSpan.FromMilliseconds(1);
        _timer.Change(delay < MaxDelay ? delay : MaxDelay, Timeout.InfiniteTimeSpan);
    }

    private void RemoveAt(int index)
    {
        _heap[index].Index = -1;
        OpenCall last = _heap[--Count];
        _heap[Count] = null!;
        if (Count == 0)
        {
            _emptied?.TrySetResult();
            _emptied = null;
        }

        if (index == Count)
            return;
        Place(last, index);
        MoveDown(index);
        MoveUp(last.Index);
    }

    private void MoveUp(int index)
    {
        OpenCall call = _heap[index];
        for (int parent; index > 0 && call.Deadline < _heap[parent = (index - 1) / 2].Deadline; index = parent)
            Place(_heap[parent], index);
        Place(call, index);
    }

    private void MoveDown(int index)
    {
        OpenCall call = _heap[index];
        while (true)
        {
            int child = (2 * index) + 1;
            if (child + 1 < Count && _heap[child + 1].Deadline < _heap[child].Deadline)
                child++;
            if (child >= Count || _heap[child].Deadline >= call.Deadline)
                break;
            Place(_heap[child], index);
            index = child;
        }

        Place(call, index);
    }

    private void Place(OpenCall call, int index)
    {
        _heap[index] = call;
        call.Index = index;
    }
}
