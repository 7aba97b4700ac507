using KvpRpc.Protocol;

namespace KvpRpc.Driver;

/// <summary>The engine's clock: what has passed on a <see cref="TimeProvider"/> since the driver began.</summary>
internal sealed class DriverClock(TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();

    internal Instant Now => new(time.GetElapsedTime(_start));
}
