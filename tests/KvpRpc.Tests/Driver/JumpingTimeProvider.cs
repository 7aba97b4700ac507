namespace KvpRpc.Tests.Driver;

/// <summary>Another clock, whose time of day jumps when a test says so; its timers and timestamps go on.</summary>
internal sealed class JumpingTimeProvider(TimeProvider inner) : TimeProvider
{
    private long _jump;

    public override long TimestampFrequency => inner.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => inner.GetUtcNow() + new TimeSpan(Interlocked.Read(ref _jump));

    public override long GetTimestamp() => inner.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        inner.CreateTimer(callback, state, dueTime, period);

    internal void Jump(TimeSpan by) => Interlocked.Add(ref _jump, by.Ticks);
}
