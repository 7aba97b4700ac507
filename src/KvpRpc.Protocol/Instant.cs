namespace KvpRpc.Protocol;

/// <summary>A point on the caller's monotonic clock. Only differences between two instants mean anything.</summary>
internal readonly record struct Instant(TimeSpan SinceStart) : IComparable<Instant>
{
    /// <summary>A point that is never reached.</summary>
    internal static Instant Never => new(TimeSpan.MaxValue);

    public int CompareTo(Instant other) => SinceStart.CompareTo(other.SinceStart);

    internal static Instant Earlier(Instant left, Instant right) => left < right ? left : right;

    public static Instant operator +(Instant instant, TimeSpan span) =>
        instant == Never ? Never : new(instant.SinceStart + span);

    public static TimeSpan operator -(Instant left, Instant right) => left.SinceStart - right.SinceStart;

    public static bool operator <(Instant left, Instant right) => left.SinceStart < right.SinceStart;

    public static bool operator >(Instant left, Instant right) => left.SinceStart > right.SinceStart;

    public static bool operator <=(Instant left, Instant right) => left.SinceStart <= right.SinceStart;

    public static bool operator >=(Instant left, Instant right) => left.SinceStart >= right.SinceStart;
}
