namespace KvpRpc.Protocol.Tests.Simulation;

/// <summary>What befalls a world each second while the weather is bad: processes die, tables change under others'
/// hands, checkpoints are taken and applied.</summary>
internal sealed class Storm
{
    private readonly SimulatedWorld _world;
    private readonly Weather _weather;
    private readonly Instant _end;
    private Checkpoint? _checkpoint;

    internal Storm(SimulatedWorld world, Weather weather, TimeSpan lasts)
    {
        _world = world;
        _weather = weather;
        _end = world.Clock.Now + lasts;
        world.Host.Weather = world.Guest.Weather = weather;
        Next();
    }

    private void Next()
    {
        SimulatedRandom random = _world.Random;
        _world.Clock.After(random.Between(TimeSpan.FromMilliseconds(500), TimeSpan.FromMilliseconds(1500)), () =>
        {
            if (_world.Clock.Now >= _end)
                return;
            foreach (SimulatedSide side in new[] { _world.Host, _world.Guest })
                Strike(side);
            StrikeVm();
            Next();
        });
    }

    private void Strike(SimulatedSide side)
    {
        SimulatedRandom random = _world.Random;
        Instant now = _world.Clock.Now;
        if (random.Chance(_weather.TruncateChance))
        {
            _world.Note(side, "table truncated by others");
            side.Own.Restore([], now);
            side.Other.NoteChange();
        }

        if (random.Chance(_weather.CrashChance))
        {
            _world.Note(side, "process restarts");
            side.Peer.Dispose();
            _world.Start(side);
        }

        if (random.Chance(_weather.BlindChance))
            side.BlindUntil = now + random.Between(default, TimeSpan.FromSeconds(40));
        if (random.Chance(_weather.FullChance))
        {
            _world.Note(side, "table full");
            side.Own.MaxItems = side.Own.Count;
            _world.Clock.After(random.Between(default, TimeSpan.FromSeconds(60)), () => side.Own.MaxItems = 1024);
        }

        if (random.Chance(_weather.ClockJumpChance))
        {
            _world.Note(side, "clock is turned");
            side.TurnClock(random.Chance(0.5)
                ? random.Between(default, TimeSpan.FromMinutes(10))
                : -random.Between(default, TimeSpan.FromSeconds(40)));
        }

        if (random.Chance(_weather.ForeignChance))
        {
            string[] keys = ["Other", "kvprpc.other.0", "kvprpc.default.", "kvprpc.default.07", "kvprpc.default.999"];
            side.Own.Set(keys[random.Next(keys.Length)], "bAAAA", now);
        }
    }

    private void StrikeVm()
    {
        SimulatedRandom random = _world.Random;
        SimulatedSide guest = _world.Guest;
        if (random.Chance(_weather.PauseChance))
        {
            TimeSpan pause = random.Between(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(90));
            _world.Note(guest, "paused");
            guest.PausedUntil = _world.Clock.Now + pause;
            if (random.Chance(0.5))
                guest.TurnClock(-pause);
        }

        if (random.Chance(_weather.CheckpointChance) && _weather.RollbackChance > 0 && !guest.IsPaused)
            _checkpoint = TakeCheckpoint();
        if (_checkpoint is { } checkpoint && random.Chance(_weather.RollbackChance))
            Apply(checkpoint);
        if (_world is { Clone: null, IsRecorded: true } && random.Chance(_weather.TwinChance))
        {
            _world.Note(guest, "is cloned, and lives on beside its clone");
            // On another host a copy may have the same id.
            _world.CloneVm(
                random.Chance(0.5) ? _world.VmId : new Guid((int)random.NextUInt64(), 1, 3, new byte[8]),
                _weather.NoticesRollbacks);
            Swarm.Act(_world.Clone!);
            _ = new Storm(_world.Clone!, _weather with { CheckpointChance = 0 }, _end - _world.Clock.Now);
        }

        if (random.Chance(_weather.CloneChance))
        {
            _world.Note(guest, "goes on as a clone");
            _checkpoint = null;
            _world.VmId = new Guid((int)random.NextUInt64(), 1, 2, new byte[8]);
            _world.Host.Peer.Dispose();
            _world.Start(_world.Host);
        }
    }

    private Checkpoint TakeCheckpoint() => new(
        _world.Guest.Peer, _world.Guest.Peer.InputCount, _world.Guest.Own.Own(), _world.Guest.Now,
        _world.Oracle.Count,
        _world.Host.Peer, _world.Host.Peer.InputCount, _world.Host.Own.Own());

    private void Apply(Checkpoint checkpoint)
    {
        Instant now = _world.Clock.Now;
        bool both = _world.Random.Chance(_weather.BothRollBackChance);
        _world.Note(_world.Guest, both ? "rolled back with its host" : "rolled back");
        SimulatedPeer guest = checkpoint.Guest.AsOf(checkpoint.GuestInputs, _world.NextTimeline());
        _world.Guest.Peer.Dispose();
        if (_weather.RollbackTurnsClock)
            _world.Guest.ClockOffset = checkpoint.GuestNow - now;
        _world.RestoredGuest++;
        _world.Guest.PausedUntil = default;
        _world.Guest.Own.Restore(checkpoint.GuestItems, now);
        // A host that goes back is a machine that goes back: with its table, and without writes of the abandoned
        // timeline that would still land.
        if (_world.Random.Chance(0.5) || both)
        {
            _world.RestoredHost++;
            _world.Host.Own.Restore(checkpoint.HostItems, now);
        }

        _world.Oracle.Undo(isHost: false, checkpoint.Deeds);
        if (_weather.NoticesRollbacks)
            guest.Suspect(_world.Random.NextUInt64(), _world.Guest.Now);
        _world.Guest.Resume(guest);
        if (!both)
            return;
        SimulatedPeer host = checkpoint.Host.AsOf(checkpoint.HostInputs, _world.NextTimeline());
        _world.Host.Peer.Dispose();
        _world.Oracle.Undo(isHost: true, checkpoint.Deeds);
        if (_weather.NoticesRollbacks)
            host.Suspect(_world.Random.NextUInt64(), _world.Host.Now);
        _world.Host.Resume(host);
    }

    private sealed record Checkpoint(
        SimulatedPeer Guest,
        int GuestInputs,
        IReadOnlyList<KeyValuePair<string, string>> GuestItems,
        Instant GuestNow,
        int Deeds,
        SimulatedPeer Host,
        int HostInputs,
        IReadOnlyList<KeyValuePair<string, string>> HostItems);
}
