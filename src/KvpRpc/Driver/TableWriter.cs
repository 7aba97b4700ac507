using KvpRpc.Protocol;
using KvpRpc.Protocol.Links;
using KvpRpc.Transports;
using Microsoft.Extensions.Logging;

namespace KvpRpc.Driver;

/// <summary>Writes what the engine wants written, one batch at a time, and reads the own table back when the engine
/// asks. Called by the driver's loop; only the transport's calls run beside it.</summary>
internal sealed class TableWriter
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    private readonly IKvpTransport _transport;
    private readonly LinkEngine _engine;
    private readonly DriverClock _clock;
    private readonly LoopSignal _signal;
    private readonly ILogger _logger;
    private readonly LinkMetrics _metrics;
    private readonly List<OwnItem> _items = [];
    private readonly List<KvpItemWrite> _batch = [];
    private readonly KvpItemWrite?[] _writes = new KvpItemWrite?[OwnItems.MaxItems];
    private readonly ItemCollector _audited;
    private Task? _running;
    private Instant _pauseUntil;
    private TimeSpan _pause = FirstPause;

    internal TableWriter(
        IKvpTransport transport, LinkEngine engine, DriverClock clock, LoopSignal signal, ILogger logger,
        LinkMetrics metrics)
    {
        _transport = transport;
        _engine = engine;
        _clock = clock;
        _signal = signal;
        _logger = logger;
        _metrics = metrics;
        _audited = new(engine.KeyPrefix);
    }

    /// <summary>Gets what keeps the own table from being written; null when nothing does.</summary>
    internal string? Obstacle { get; private set; }

    /// <summary>Gets whether outcomes were taken since the last look: the peer may answer from now on.</summary>
    internal bool HasLanded
    {
        get
        {
            bool landed = field;
            field = false;
            return landed;
        }

        private set;
    }

    /// <summary>Gets or sets whether nothing new is written for now; audits go on.</summary>
    internal bool IsHeld { get; set; }

    /// <summary>Gets whether what an earlier process has left in the own table is known: nothing is written
    /// before.</summary>
    private bool IsOwnTableKnown { get; set; }

    /// <summary>Gets whether nothing is being written and nothing waits to be.</summary>
    internal bool IsIdle => _running is null && _engine.WriteAt(_clock.Now) > _clock.Now;

    /// <summary>Gets when <see cref="TryStart"/> has something to do.</summary>
    internal Instant NextStart
    {
        get
        {
            if (_running is not null)
                return Instant.Never;
            Instant writeAt = IsHeld ? Instant.Never : _engine.WriteAt(_clock.Now);
            Instant next = IsOwnTableKnown ? Instant.Earlier(writeAt, _engine.AuditAt) : default;
            return next > _pauseUntil ? next : _pauseUntil;
        }
    }

    /// <summary>Takes what came of the batch that was written.</summary>
    internal void TakeOutcomes()
    {
        if (_running is not { IsCompleted: true } ended)
            return;
        _running = null;
        if (_items.Count == 0)
        {
            TakeAudit(EndedTask.Failure(ended));
            return;
        }

        Exception? failure = EndedTask.Failure(ended);
        bool allRefused = true;
        for (int i = 0; i < _items.Count; i++)
        {
            // Only the exception of transports says that nothing was written; after another anything may have been.
            WriteResult result = failure is KvpTransportException ? WriteResult.Refused : ToResult(_batch[i]);
            allRefused &= result == WriteResult.Refused;
            _engine.HandleWritten(_items[i], result, _clock.Now);
        }

        HasLanded = !allRefused;
        if (failure is not null)
        {
            Obstacle = failure.Message;
            Log.WriteFailed(_logger, failure);
        }
        else if (!allRefused)
        {
            Obstacle = null;
        }

        SetPause(failure is not null);
        _items.Clear();
        _batch.Clear();
    }

    /// <summary>Starts a batch, or an audit, if one is due; true for a batch.</summary>
    internal bool TryStart(CancellationToken cancellationToken)
    {
        Instant now = _clock.Now;
        if (_running is not null || _pauseUntil > now)
            return false;
        if (!IsOwnTableKnown)
        {
            StartAudit(cancellationToken);
            return false;
        }

        if (!IsHeld && _engine.WriteAt(now) <= now)
        {
            _engine.CollectWrites(_items, Math.Min(_transport.Limits.MaxItemsPerBatch, OwnItems.MaxItems), now);
            if (_items.Count > 0)
            {
                StartWrite(cancellationToken);
                return true;
            }
        }

        if (_engine.AuditAt <= now)
            StartAudit(cancellationToken);
        return false;
    }

    /// <summary>Starts to read the own table back; nothing is written meanwhile.</summary>
    internal void StartAudit(CancellationToken cancellationToken)
    {
        _audited.Clear();
        _running = _signal.SetAfter(ReadOwnAsync(cancellationToken));
    }

    private void TakeAudit(Exception? failure)
    {
        SetPause(failure is not null);
        if (failure is not null)
        {
            Obstacle = failure.Message;
            Log.AuditFailed(_logger, failure);
            return;
        }

        _engine.BeginAudit();
        for (int i = 0; i < _audited.Count; i++)
            _engine.HandleAudited(_audited.Key(i), _audited.Value(i));
        _engine.EndAudit(_clock.Now);
        _audited.Clear();
        IsOwnTableKnown = true;
        Obstacle = null;
    }

    internal async Task StopAsync()
    {
        if (_running is not null)
            await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void StartWrite(CancellationToken cancellationToken)
    {
        foreach (OwnItem item in _items)
        {
            KvpItemWrite write = _writes[item.Index] ??= new(item.Key);
            write.Value = item.Value;
            write.IsDelete = item.IsDelete;
            write.Outcome = KvpWriteOutcome.InDoubt;
            write.Error = null;
            _batch.Add(write);
        }

        _metrics.HandleWrite(_batch.Count);
        _running = _signal.SetAfter(WriteAsync(cancellationToken));
    }

    // Whatever a transport throws, and when, ends in the task.
    private async Task ReadOwnAsync(CancellationToken cancellationToken) =>
        await _transport.ReadOwnTableAsync(_audited, cancellationToken).ConfigureAwait(false);

    private async Task WriteAsync(CancellationToken cancellationToken) =>
        await _transport.WriteAsync(_batch, cancellationToken).ConfigureAwait(false);

    private WriteResult ToResult(KvpItemWrite write)
    {
        if (write.Outcome != KvpWriteOutcome.Landed)
        {
            Log.ItemNotWritten(_logger, write.Key, write.Error);
            Obstacle = write.Error ?? "An item was not written.";
        }

        return write.Outcome switch
        {
            KvpWriteOutcome.Landed => WriteResult.Landed,
            KvpWriteOutcome.Refused => WriteResult.Refused,
            _ => WriteResult.InDoubt,
        };
    }

    private void SetPause(bool failed)
    {
        _pauseUntil = failed ? _clock.Now + _pause : default;
        _pause = failed ? Min(_pause * 2, LongestPause) : FirstPause;
    }

    private static TimeSpan Min(TimeSpan left, TimeSpan right) => left < right ? left : right;
}
