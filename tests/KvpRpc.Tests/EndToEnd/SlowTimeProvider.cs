namespace KvpRpc.Tests.EndToEnd;

/// <summary>A clock that goes at a fiftieth of the system's speed: what a busy machine delays is short on it.</summary>
internal sealed class SlowTimeProvider : TimeProvider
{
    private const int Slowness = 50;

    public override long TimestampFrequency => System.TimestampFrequency * Slowness;

    public override long GetTimestamp() => System.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new SlowTimer(System.CreateTimer(callback, state, Stretch(dueTime), Stretch(period)));

    private static TimeSpan Stretch(TimeSpan time) => time <= TimeSpan.Zero ? time
        : time < TimeSpan.FromHours(1) ? time * Slowness : TimeSpan.FromDays(1);

    private sealed class SlowTimer(ITimer inner) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => inner.Change(Stretch(dueTime), Stretch(period));

        public void Dispose() => inner.Dispose();

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
