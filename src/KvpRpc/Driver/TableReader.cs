using KvpRpc.Links;
using KvpRpc.Protocol;
using KvpRpc.Protocol.Links;
using KvpRpc.Transports;

namespace KvpRpc.Driver;

/// <summary>Reads the peer's table: when it changes, where the platform tells, and when the read policy says.
/// Called by the driver's loop; only the transport's calls run beside it.</summary>
internal sealed class TableReader
{
    // Where changes are told a poll is only a safety net.
    private static readonly TimeSpan WatchedBusy = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan WatchedIdle = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    private readonly IKvpTransport _transport;
    private readonly LinkEngine _engine;
    private readonly DriverClock _clock;
    private readonly LoopSignal _signal;
    private readonly KvpLinkOptions _options;
    private readonly LinkMetrics _metrics;
    private readonly ItemCollector _shown;
    private readonly ReadPolicy _polled;
    private readonly ReadPolicy _watched;
    private Task? _reading;
    private Task? _watching;
    private Instant _startedAt;
    private Instant _pauseUntil;
    private Instant _changeReadAt;
    private TimeSpan _pause = FirstPause;
    private string? _error;
    private bool _hasChanged = true;
    private bool _watchFails;
    private long _heardAt;

    internal TableReader(
        IKvpTransport transport, LinkEngine engine, DriverClock clock, LoopSignal signal, KvpLinkOptions options,
        LinkMetrics metrics)
    {
        _transport = transport;
        _engine = engine;
        _clock = clock;
        _signal = signal;
        _options = options;
        _metrics = metrics;
        _shown = new(engine.KeyPrefix);
        _polled = new(ShortestInterval, options.BusyReadInterval, options.IdleReadInterval);
        _watched = new(WatchedBusy, WatchedBusy, WatchedIdle);
    }

    /// <summary>Gets what keeps the peer's table from being read, or is wrong with the tables; null when nothing
    /// is.</summary>
    internal string? Obstacle => _error ?? (_transport.Problems is [{ } problem, ..] ? problem.Message : null);

    /// <summary>Gets how long ago a read has found something new; null: never. For any thread.</summary>
    internal TimeSpan? SinceHeard =>
        Interlocked.Read(ref _heardAt) is > 0 and var ticks ? _clock.Now - new Instant(new(ticks)) : null;

    /// <summary>Gets whether a read has ended, well or not.</summary>
    internal bool HasRead { get; private set; }

    /// <summary>Gets when <see cref="TryStart"/> has something to do.</summary>
    internal Instant NextStart
    {
        get
        {
            if (_reading is not null)
                return Instant.Never;
            Instant next = _hasChanged ? _changeReadAt : Policy.NextReadAt(_engine.IsBusy);
            return next > _pauseUntil ? next : _pauseUntil;
        }
    }

    // An oddity is read again soon even where a change would wake the reader: it counts only if it lasts.
    private ReadPolicy Policy =>
        _transport.CanWaitForChange && !_watchFails && !_engine.IsUneasy ? _watched : _polled;

    internal void HandleWritten() => _polled.HandleWritten(_clock.Now);

    /// <summary>Hands what a read has shown to the engine.</summary>
    internal void TakeRead()
    {
        if (_reading is not { IsCompleted: true } ended)
            return;
        _reading = null;
        HasRead = true;
        Instant now = _clock.Now;
        ulong heard = _engine.HeardCount;
        if (EndedTask.Failure(ended) is { } failure)
        {
            if (_error is null)
                Log.ReadFailed(_options.Logger, failure, _options.Channel);
            _error = failure.Message;
            _pauseUntil = now + _pause;
            _pause = _pause * 2 < LongestPause ? _pause * 2 : LongestPause;
            // The change that was to be read is still there to be read, and nothing may tell of it again.
            _hasChanged = true;
        }
        else
        {
            _error = null;
            _pause = FirstPause;
            _engine.BeginRead();
            for (int i = 0; i < _shown.Count; i++)
                _engine.HandleItem(_shown.Key(i), _shown.Value(i), now);
            _engine.EndRead(now);
        }

        _shown.Clear();
        bool foundNews = _engine.HeardCount != heard;
        _metrics.HandleRead(foundNews);
        if (foundNews)
            Interlocked.Exchange(ref _heardAt, now.SinceStart.Ticks);
        // A watch that tells of changes without end must not keep the loop reading without a break.
        _changeReadAt = foundNews ? default : now + ShortestInterval;
        _polled.HandleRead(foundNews, now - _startedAt, now);
        _watched.HandleRead(foundNews, now - _startedAt, now);
    }

    /// <summary>Starts a read if one is due.</summary>
    internal void TryStart(CancellationToken cancellationToken)
    {
        TakeWatch();
        if (NextStart > _clock.Now)
            return;
        _hasChanged = false;
        _startedAt = _clock.Now;
        _reading = _signal.SetAfter(ReadAsync(cancellationToken));
        // A watch that is begun after the read has begun misses nothing that the read does not show.
        if (_transport.CanWaitForChange && _watching is null)
            _watching = _signal.SetAfter(WaitForChangeAsync(cancellationToken));
    }

    internal async Task StopAsync()
    {
        if (_reading is not null)
            await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_watching is not null)
            await _watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    // Whatever a transport throws, and when, ends in the task.
    private async Task ReadAsync(CancellationToken cancellationToken) =>
        await _transport.ReadPeerTableAsync(_shown, cancellationToken).ConfigureAwait(false);

    private async Task WaitForChangeAsync(CancellationToken cancellationToken) =>
        await _transport.WaitForChangeAsync(cancellationToken).ConfigureAwait(false);

    private void TakeWatch()
    {
        if (_watching is not { IsCompleted: true } ended)
            return;
        _watching = null;
        Exception? failure = EndedTask.Failure(ended);
        if (failure is not null && !_watchFails)
            Log.WatchFailed(_options.Logger, failure, _options.Channel);
        _watchFails = failure is not null;
        _hasChanged |= !_watchFails;
    }
}
