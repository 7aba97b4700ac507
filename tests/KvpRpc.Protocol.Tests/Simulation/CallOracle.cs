namespace KvpRpc.Protocol.Tests.Simulation;

/// <summary>Knows what truly happened to every call, on whatever timeline: the judge of "ran once" and "did not
/// run".</summary>
internal sealed class CallOracle
{
    private readonly HashSet<ulong> _everRan = [];
    private readonly HashSet<ulong> _ran = [];
    private readonly HashSet<ulong> _succeeded = [];
    private readonly HashSet<ulong> _saidNotRun = [];
    private readonly List<(bool IsHost, bool IsRun, ulong Id)> _deeds = [];

    internal int Succeeded { get; private set; }

    internal int NotRun { get; private set; }

    internal int Unknown { get; private set; }

    /// <summary>Gets how much has been noted: what a checkpoint remembers.</summary>
    internal int Count => _deeds.Count;

    /// <summary>Gets or sets whether a call that has succeeded may not run again even on another timeline, because
    /// every rollback is noticed.</summary>
    internal bool NoticesRollbacks { get; set; }

    /// <summary>Gives a judge that knows all that this one knows, for a timeline that goes on beside this
    /// one.</summary>
    internal CallOracle Fork()
    {
        CallOracle fork = new() { NoticesRollbacks = NoticesRollbacks, Succeeded = Succeeded };
        fork._everRan.UnionWith(_everRan);
        fork._ran.UnionWith(_ran);
        fork._succeeded.UnionWith(_succeeded);
        fork._saidNotRun.UnionWith(_saidNotRun);
        fork._deeds.AddRange(_deeds);
        return fork;
    }

    /// <summary>Takes note that a server begins to run a call.</summary>
    internal void NoteRun(bool isHost, ulong id)
    {
        if (!_ran.Add(id))
            throw new SimulationException($"Call {id:x} ran twice.");
        if (_saidNotRun.Contains(id))
            throw new SimulationException($"Call {id:x} ran after its caller was told that it certainly had not.");
        // What the caller has not heard of may run again; what it has been told cannot be unsaid.
        if (!_everRan.Add(id) && NoticesRollbacks && _succeeded.Contains(id))
            throw new SimulationException($"Call {id:x} ran again after its success; the rollback was noticed.");
        _deeds.Add((isHost, true, id));
    }

    internal void NoteSuccess(ulong id)
    {
        Succeeded++;
        _succeeded.Add(id);
        if (!_everRan.Contains(id))
            throw new SimulationException($"Call {id:x} succeeded without having run.");
    }

    /// <summary>Takes note that a caller was told that its call certainly did not run.</summary>
    /// <param name="isHost">The caller's side.</param>
    /// <param name="id">The call.</param>
    /// <param name="isSameTimeline">False when the caller was rolled back since it made the call: another timeline of
    /// it may have sent it.</param>
    internal void NoteNotRun(bool isHost, ulong id, bool isSameTimeline)
    {
        NotRun++;
        if (!isSameTimeline)
            return;
        if (_ran.Contains(id))
            throw new SimulationException($"Call {id:x} ran, yet its caller was told that it certainly had not.");
        if (_saidNotRun.Add(id))
            _deeds.Add((isHost, false, id));
    }

    internal void NoteUnknown() => Unknown++;

    /// <summary>Undoes what a side has done and said since a checkpoint: on its timeline that never was.</summary>
    /// <remarks>Nor has it then told its peer what it had not accepted: if nobody notices, it may accept it now from
    /// a table that went back with it, although the peer's caller was told, truly at that time, that it had not
    /// run.</remarks>
    internal void Undo(bool isHost, int count)
    {
        foreach ((bool byHost, bool isRun, ulong id) in _deeds.Skip(count))
        {
            if (byHost == isHost || (!isRun && !NoticesRollbacks))
                (isRun ? _ran : _saidNotRun).Remove(id);
        }
    }
}
