using System.Threading.Channels;
using KvpRpc.Protocol;

namespace KvpRpc.Driver;

/// <summary>Wakes the driver's loop: set by other threads and by one timer.</summary>
internal sealed class LoopSignal : IDisposable
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    private readonly Channel<bool> _set = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private readonly ITimer _timer;

    internal LoopSignal(TimeProvider time) => _timer = time.CreateTimer(
        static state => ((LoopSignal)state!).Set(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    internal void Set() => _set.Writer.TryWrite(true);

    /// <summary>Sets the signal at an instant, in place of the one named before.</summary>
    internal void SetTimer(Instant at, DriverClock clock)
    {
        TimeSpan due = at == Instant.Never ? LongestWait : at - clock.Now;
        if (due <= TimeSpan.Zero)
        {
            Set();
            return;
        }

        _timer.Change(due < LongestWait ? due : LongestWait, Timeout.InfiniteTimeSpan);
    }

    internal ValueTask<bool> WaitAsync() => _set.Reader.ReadAsync();

    public void Dispose() => _timer.Dispose();
}
