using KvpRpc.Protocol.Links;

namespace KvpRpc.Protocol.Tests.Simulation;

/// <summary>One side of the world: the loop that a driver runs, its two tables, its clock, and the life that is on
/// it.</summary>
/// <remarks>The host polls, the guest is woken by a change and polls seldom; each has one read, one write and one audit
/// at a time.</remarks>
internal sealed class SimulatedSide
{
    /// <summary>How soon a guest looks again that has seen something odd, or could not look.</summary>
    internal static readonly TimeSpan UneasyLook = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan RestPoll = TimeSpan.FromSeconds(10);

    private readonly SimulatedWorld _world;
    private readonly bool _isHost;
    private readonly LandingChecker _landings = new();
    private int _life;
    private bool _isWriting;
    private bool _isReading;
    private bool _isAuditing;
    private bool _readAgain;
    private bool _isWoken;
    private bool _looksAgain;
    private Instant _wakeAt = Instant.Never;
    private Instant _pollAt = Instant.Never;
    private Instant _clockStandsAt;
    private int _clockTurns;
    private SimulatedHostService? _service;

    internal SimulatedSide(SimulatedWorld world, bool isHost)
    {
        _world = world;
        _isHost = isHost;
    }

    internal SimulatedPeer Peer { get; private set; } = null!;

    internal SimulatedTable Own { get; } = new();

    internal SimulatedSide Other { get; set; } = null!;

    /// <summary>Gets or sets the weather of this side's writes and reads.</summary>
    internal Weather Weather { get; set; } = Weather.Fair;

    internal int Writes { get; private set; }

    internal int ItemsWritten { get; private set; }

    internal int Reads { get; private set; }

    /// <summary>Gets or sets until when reads fail.</summary>
    internal Instant BlindUntil { get; set; }

    /// <summary>Gets or sets until when nothing of this side runs.</summary>
    internal Instant PausedUntil { get; set; }

    /// <summary>Gets or sets what the side's clock is ahead of the world's.</summary>
    internal TimeSpan ClockOffset
    {
        get;
        set
        {
            field = value;
            _clockStandsAt = default;
        }
    }

    /// <summary>Gets what the side's clock shows.</summary>
    internal Instant Now
    {
        get
        {
            Instant now = new(_world.Clock.Now.SinceStart + ClockOffset);
            return now > _clockStandsAt ? now : _clockStandsAt;
        }
    }

    /// <summary>Gets whether the clock was ever turned forward.</summary>
    internal bool HasLeapt => _clockTurns > 0;

    /// <summary>Lets a clock that stands still run on from where it stands.</summary>
    internal void LetClockRun() => ClockOffset = Now - _world.Clock.Now;

    /// <summary>Sets the side's clock as another's is.</summary>
    internal void CopyClock(SimulatedSide other) =>
        (ClockOffset, _clockStandsAt) = (other.ClockOffset, other._clockStandsAt);

    /// <summary>Turns the side's clock; it never shows less than before, so it stands still after it was turned
    /// back.</summary>
    internal void TurnClock(TimeSpan by)
    {
        Instant now = Now;
        ClockOffset += by;
        _clockStandsAt = now;
        _clockTurns += by > TimeSpan.Zero ? 1 : 0;
    }

    internal bool IsPaused => PausedUntil > _world.Clock.Now;

    /// <summary>Puts a life on the side; the one before is gone without a word.</summary>
    internal void Live(SimulatedPeer peer)
    {
        TakeOn(peer);
        // A process reads its own table first: what is there was left by an earlier one.
        peer.Audit(Own.Own(), Now);
        BeginRead();
        Pump();
    }

    /// <summary>Gives the side back a life of its past, in the middle of what it was doing.</summary>
    internal void Resume(SimulatedPeer peer)
    {
        TakeOn(peer);
        foreach (PendingWrite write in peer.InFlight())
        {
            if (write.Text is null || Own.Takes(write.Key))
                Own.Set(write.Key, write.Text, _world.Clock.Now);
            peer.HandleWritten(write.Index, WriteResult.InDoubt, Now);
        }

        Other.NoteChange();
        BeginRead();
        Pump();
    }

    /// <summary>Is told that this side's table of the peer may have changed: wakes a guest.</summary>
    internal void NoteChange()
    {
        if (_isHost || _isWoken || Peer is null)
            return;
        _isWoken = true;
        After(TimeSpan.FromMicroseconds(200), BeginRead);
    }

    internal void BeginRead()
    {
        _isWoken = false;
        if (_isReading)
        {
            _readAgain = true;
            return;
        }

        _isReading = true;
        _readAgain = false;
        bool fails = BlindUntil > _world.Clock.Now;
        List<KeyValuePair<string, string>> items =
            fails ? [] : Other.Own.Read(_world.Clock.Now, _world.Random, Weather.StaleChance);
        After(_world.Random.Between(default, Weather.MaxReadTime), () => EndRead(items, fails));
    }

    /// <summary>Does what is due and sees to it that it is called again in time.</summary>
    internal void Pump()
    {
        if (IsPaused || Peer is null)
            return;
        LinkEngine engine = Peer.Engine;
        if (engine.NextTimeout <= Now)
            Peer.HandleTimeout(Now);
        if (!_isWriting && !_isAuditing && engine.WriteAt(Now) <= Now)
            BeginWrite();
        if (!_isWriting && !_isAuditing && engine.AuditAt <= Now)
            BeginAudit();
        Instant next = engine.NextTimeout;
        if (!_isWriting && !_isAuditing)
            next = Instant.Earlier(next, Instant.Earlier(engine.AuditAt, engine.WriteAt(Now)));
        WakeAt(next);
        SchedulePoll();
        _world.CheckBounds(this);
    }

    private void TakeOn(SimulatedPeer peer)
    {
        _life++;
        _landings.Clear();
        _service = _isHost ? new(Own, _world.Rules.PartsBatches) : null;
        _isWriting = _isReading = _isAuditing = _readAgain = _isWoken = _looksAgain = false;
        _wakeAt = _pollAt = Instant.Never;
        Peer = peer;
    }

    private void WakeAt(Instant next)
    {
        if (next == Instant.Never || next >= _wakeAt)
            return;
        _wakeAt = next;
        TimeSpan span = next - Now;
        // A timer that is due at once and changes nothing would stop virtual time.
        After(span < TimeSpan.FromMilliseconds(1) ? TimeSpan.FromMilliseconds(1) : span, () =>
        {
            if (_wakeAt != next)
                return;
            _wakeAt = Instant.Never;
            Pump();
        });
    }

    private void SchedulePoll()
    {
        TimeSpan busy = _isHost ? _world.BusyPoll : TimeSpan.FromSeconds(2);
        TimeSpan idle = _isHost ? _world.IsAtRest ? RestPoll : _world.IdlePoll : TimeSpan.FromSeconds(30);
        Instant next = _world.Clock.Now + (Peer.Engine.IsBusy ? busy : idle);
        if (next >= _pollAt)
            return;
        _pollAt = next;
        After(next - _world.Clock.Now, () =>
        {
            if (_pollAt != next)
                return;
            _pollAt = Instant.Never;
            BeginRead();
            Pump();
        });
    }

    private void EndRead(List<KeyValuePair<string, string>> items, bool fails)
    {
        _isReading = false;
        // As in the driver, the next look at times counts from the last read, whatever has caused that.
        _pollAt = Instant.Never;
        if (!fails)
        {
            Reads++;
            _world.Trace(this, "read", items);
            Peer.Read(items, Now);
        }

        if (_readAgain)
            After(TimeSpan.FromMilliseconds(1), BeginRead);
        else if ((fails || Peer.Engine.IsUneasy) && !_isHost && !_looksAgain)
            LookAgain();
        Pump();
    }

    private void LookAgain()
    {
        _looksAgain = true;
        After(UneasyLook, () =>
        {
            _looksAgain = false;
            BeginRead();
        });
    }

    private void BeginAudit()
    {
        _isAuditing = true;
        IReadOnlyList<KeyValuePair<string, string>> items = Own.Own();
        After(_world.Random.Between(default, Weather.MaxReadTime), () =>
        {
            _isAuditing = false;
            _world.Trace(this, "audit", items);
            Peer.Audit(items, Now);
            Pump();
        });
    }

    private void BeginWrite()
    {
        List<PendingWrite> writes = Peer.CollectWrites(_world.MaxBatch, Now);
        // What a first look only clears away may make room for a second; a third would be the first of endless ones.
        if (writes.Count == 0 && Peer.Engine.WriteAt(Now) <= Now)
            writes = Peer.CollectWrites(_world.MaxBatch, Now);
        if (writes.Count == 0)
        {
            if (Peer.Engine.WriteAt(Now) <= Now)
                throw new SimulationException("The engine says that there is something to write, and writes nothing.");
            return;
        }

        Writes++;
        ItemsWritten += writes.Count;
        _isWriting = true;
        TimeSpan took = _world.Random.Between(TimeSpan.FromMicroseconds(100), Weather.MaxWriteTime);
        bool allRefused = _world.Random.Chance(Weather.BatchRefuseChance);
        HashSet<PendingWrite>? refused = allRefused ? null : _service?.Refused(writes);
        List<(int Index, WriteResult Result)> results = [];
        foreach (PendingWrite write in writes)
        {
            _world.Written?.Invoke(this, write.Text ?? "");
            results.Add((write.Index, allRefused || refused?.Contains(write) == true
                ? WriteResult.Refused
                : Write(write, took)));
        }

        _world.Trace(this, "write",
            [.. writes.Select(write => new KeyValuePair<string, string>(write.Key, write.Text ?? ""))]);
        After(took, () =>
        {
            _isWriting = false;
            foreach ((int index, WriteResult result) in results)
                Peer.HandleWritten(index, result, Now);
            Pump();
        });
    }

    private WriteResult Write(PendingWrite write, TimeSpan took)
    {
        SimulatedRandom random = _world.Random;
        if (random.Chance(Weather.RefuseChance)
            || (write.Text is null ? Weather.RefusesDeletions : !Own.Takes(write.Key)))
            return WriteResult.Refused;
        if (!random.Chance(Weather.DoubtChance))
        {
            Land(write, Weather.IsUneven ? random.Between(default, took) : took);
            return WriteResult.Landed;
        }

        switch (random.Next(3))
        {
            case 0:
                Land(write, random.Between(default, took));
                break;
            case 1:
                Land(write, random.Between(took, Weather.MaxLateLanding));
                break;
            default:
                break;
        }

        return WriteResult.InDoubt;
    }

    // What a transport has been given lands even when the process that gave it is gone.
    private void Land(PendingWrite write, TimeSpan after)
    {
        int restored = _world.Restored(this);
        long order = _landings.Begin();
        (int life, int clockTurns) = (_life, _clockTurns);
        _world.Clock.After(after, () =>
        {
            if (restored != _world.Restored(this) || (write.Text is not null && !Own.Takes(write.Key)))
                return;
            // A clock that leaps lets the engine think that it has waited; its audit finds what that has covered.
            if (life == _life && clockTurns == _clockTurns)
                _landings.NoteLanded(write, order);
            TimeSpan visible = _world.Random.Between(default, Weather.MaxVisibleAfter);
            Own.Set(write.Key, write.Text, _world.Clock.Now + visible);
            _world.Clock.After(visible, Other.NoteChange);
        });
    }

    /// <summary>Does something later, unless the life that asked for it is gone by then; a paused side does it
    /// afterwards.</summary>
    private void After(TimeSpan span, Action action)
    {
        int life = _life;
        void Do()
        {
            if (life != _life)
                return;
            if (IsPaused)
                _world.Clock.At(PausedUntil, Do);
            else
                action();
        }

        _world.Clock.After(span, Do);
    }
}
