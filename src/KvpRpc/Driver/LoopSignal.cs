using System.Threading.Channels;
using KvpRpc.Protocol;

namespace KvpRpc.Driver;

/// <summary>Wakes the driver's loop: set by other threads and by one timer.</summary>
internal sealed class LoopSignal : IDisposable
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    private readonly Channel<bool> _set;
    private readonly Action _setAction;
    private readonly ITimer _timer;

    /// <summary>Initializes a signal that is not set.</summary>
    /// <param name="time">The clock of its timer.</param>
    /// <param name="wakesInline">Whether the loop goes on within <see cref="Set"/>: the tests' way to let it come at
    /// the earliest moment there is.</param>
    internal LoopSignal(TimeProvider time, bool wakesInline = false)
    {
        _set = Channel.CreateBounded<bool>(new BoundedChannelOptions(1)
        {
            FullMode = BoundedChannelFullMode.DropWrite,
            SingleReader = true,
            AllowSynchronousContinuations = wakesInline,
        });
        _setAction = Set;
        _timer = time.CreateTimer(
            static state => ((LoopSignal)state!).Set(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    internal void Set() => _set.Writer.TryWrite(true);

    /// <summary>Sets the signal when a task has ended: not before, or the loop would find nothing and sleep
    /// on.</summary>
    internal Task SetAfter(Task task)
    {
        task.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(_setAction);
        return task;
    }

    /// <summary>Sets the signal at an instant, in place of the one named before.</summary>
    internal void SetTimer(Instant at, DriverClock clock)
    {
        TimeSpan due = at == Instant.Never ? LongestWait : at - clock.Now;
        if (due <= TimeSpan.Zero)
        {
            Set();
            return;
        }

        // Timers count whole milliseconds and cut what is beyond: a little early would be again and again.
        TimeSpan whole = TimeSpan.FromMilliseconds(Math.Ceiling(due.TotalMilliseconds));
        _timer.Change(whole < LongestWait ? whole : LongestWait, Timeout.InfiniteTimeSpan);
    }

    internal ValueTask<bool> WaitAsync() => _set.Reader.ReadAsync();

    public void Dispose() => _timer.Dispose();
}
