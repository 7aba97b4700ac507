namespace KvpRpc.Protocol.Tests.Simulation;

/// <summary>Knows what truly happened to every call, on whatever timeline: the judge of "ran once" and "did not
/// run".</summary>
internal sealed class CallOracle
{
    private readonly HashSet<ulong> _ran = [];
    private readonly HashSet<ulong> _saidNotRun = [];

    internal int Succeeded { get; private set; }

    internal int NotRun { get; private set; }

    internal int Unknown { get; private set; }

    internal int Ran => _ran.Count;

    /// <summary>Takes note that a server begins to run a call.</summary>
    /// <param name="id">The call.</param>
    /// <param name="mayRepeat">Whether the serving peer has been rolled back: it may run again what it has
    /// forgotten.</param>
    internal void NoteRun(ulong id, bool mayRepeat)
    {
        if (!_ran.Add(id) && !mayRepeat)
            throw new SimulationException($"Call {id:x} ran twice.");
        if (_saidNotRun.Contains(id))
            throw new SimulationException($"Call {id:x} ran after its caller was told that it certainly had not.");
    }

    internal void NoteSuccess(ulong id)
    {
        Succeeded++;
        if (!_ran.Contains(id))
            throw new SimulationException($"Call {id:x} succeeded without having run.");
    }

    /// <summary>Takes note that a caller was told that its call certainly did not run.</summary>
    /// <param name="id">The call.</param>
    /// <param name="isSameTimeline">False when the caller was rolled back since it made the call: another timeline of
    /// it may have sent it.</param>
    internal void NoteNotRun(ulong id, bool isSameTimeline)
    {
        NotRun++;
        if (!isSameTimeline)
            return;
        if (_ran.Contains(id))
            throw new SimulationException($"Call {id:x} ran, yet its caller was told that it certainly had not.");
        _saidNotRun.Add(id);
    }

    internal void NoteUnknown() => Unknown++;
}
