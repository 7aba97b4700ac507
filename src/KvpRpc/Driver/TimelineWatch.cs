using System.Security.Cryptography;
using KvpRpc.Transports;

namespace KvpRpc.Driver;

/// <summary>Notices that this side, or the VM, may be a past or a copy of what it was: a checkpoint was applied, the VM
/// was cloned, or stood still (rule l).</summary>
/// <remarks>
/// <para>Two signs. The transport's <see cref="IKvpTransport.Timeline"/> has changed. Or the clock on the wall has
/// jumped against the monotonic one: a process that is taken back goes on with the monotonic clock of its past, and one
/// that stood still with that of its last moment, while the time of day is soon set right from outside.</para>
/// <para>A clock that somebody sets looks the same. The suspicion then costs a write each way, so the bound need not be
/// wide.</para>
/// </remarks>
internal sealed class TimelineWatch
{
    /// <summary>How far the clocks may part between two looks before it is a jump; what clocks that are being set right
    /// slowly may part comes on top.</summary>
    internal static readonly TimeSpan MaxJump = TimeSpan.FromSeconds(1);

    // Twice what Linux's adjtime and Windows' time service are allowed.
    private const double MaxDrift = 0.001;

    private readonly TimeProvider _time;
    private readonly IKvpTransport _transport;
    private DateTimeOffset _wall;
    private long _timestamp;
    private long _timeline;

    internal TimelineWatch(TimeProvider time, IKvpTransport transport)
    {
        _time = time;
        _transport = transport;
        _wall = time.GetUtcNow();
        _timestamp = time.GetTimestamp();
        _timeline = transport.Timeline;
    }

    /// <summary>Gets why the link must prove that it goes on, for people; null when nothing has happened since the last
    /// look.</summary>
    internal string? TakeSuspicion()
    {
        DateTimeOffset wall = _time.GetUtcNow();
        long timestamp = _time.GetTimestamp();
        long timeline = _transport.Timeline;
        TimeSpan passed = _time.GetElapsedTime(_timestamp, timestamp);
        TimeSpan jump = wall - _wall - passed;
        bool isOther = timeline != _timeline;
        (_wall, _timestamp, _timeline) = (wall, timestamp, timeline);
        if (isOther)
            return "the VM was restored or copied";
        return jump.Duration() > MaxJump + (passed * MaxDrift)
            ? $"the clock has jumped by {jump.TotalSeconds:0.#} s"
            : null;
    }

    /// <summary>Draws a number that no other timeline of this process draws.</summary>
    /// <remarks>A process that was taken back may have its random generator taken back with it: then the time of day
    /// tells the timelines apart.</remarks>
    internal ulong DrawNonce()
    {
        Span<byte> bytes = stackalloc byte[8];
        RandomNumberGenerator.Fill(bytes);
        return BitConverter.ToUInt64(bytes) + (ulong)_time.GetUtcNow().Ticks;
    }
}
