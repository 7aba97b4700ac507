using KvpRpc.Protocol;

namespace KvpRpc.Driver;

/// <summary>Decides when the peer's table is read next where nothing wakes the reader: how a host polls is the latency
/// of the system.</summary>
/// <remarks>
/// Pure: time comes in, instants go out. After a write an answer may be due at once; each read that shows nothing new
/// makes the next one later, up to the bound for a busy link, or the one for an idle link, which is the promised
/// latency of a call that the guest begins. A read follows no sooner than the last ones took, up to the bound, so that
/// polling takes about half of the medium's time at most.
/// </remarks>
internal sealed class ReadPolicy
{
    private readonly TimeSpan _shortest;
    private readonly TimeSpan _longestBusy;
    private readonly TimeSpan _longestIdle;
    private TimeSpan _interval;
    private TimeSpan _readTakes;
    private Instant _base;

    internal ReadPolicy(TimeSpan shortest, TimeSpan longestBusy, TimeSpan longestIdle)
    {
        _shortest = shortest;
        _longestBusy = longestBusy;
        _longestIdle = longestIdle;
        _interval = shortest;
    }

    /// <summary>Gives when the next read is due.</summary>
    internal Instant NextReadAt(bool isBusy)
    {
        TimeSpan bound = isBusy ? _longestBusy : _longestIdle;
        // A read that once took long, as one of a paused guest does, must not put off the next ones beyond the bound.
        TimeSpan interval = _interval > _readTakes ? _interval : _readTakes;
        return _base + (interval < bound ? interval : bound);
    }

    /// <summary>Takes note that something was written that the peer may answer.</summary>
    internal void HandleWritten(Instant now)
    {
        _interval = _shortest;
        _base = now;
    }

    /// <summary>Takes note of a read.</summary>
    /// <param name="foundNews">Whether it showed something new.</param>
    /// <param name="took">How long it took.</param>
    /// <param name="now">When it ended.</param>
    internal void HandleRead(bool foundNews, TimeSpan took, Instant now)
    {
        _readTakes = _readTakes == default ? took : ((_readTakes * 7) + took) / 8;
        TimeSpan longer = _interval * 1.25;
        _interval = foundNews ? _shortest : longer < _longestIdle ? longer : _longestIdle;
        _base = now;
    }
}
