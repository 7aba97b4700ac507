using KvpRpc.Protocol.Hellos;
using KvpRpc.Protocol.Links;

namespace KvpRpc.Protocol.Tests.Simulation;

/// <summary>A host and a guest with both engines whole, on virtual time: one seed, one trace.</summary>
internal sealed class SimulatedWorld : IDisposable
{
    // Lives and timelines of a clone are told from those of the original.
    private const ulong ClonedLives = 1000;

    private readonly ulong _seed;
    private readonly Traffic _traffic;
    private readonly Func<LinkOptions, LinkOptions> _configure;
    private KeyedHash _trace = new(0);
    private ulong _lives;
    private ulong _timelines;
    private SealChecker? _seals;

    internal SimulatedWorld(
        ulong seed, Traffic? traffic = null, Func<LinkOptions, LinkOptions>? configure = null, bool isRecorded = false)
    {
        _seed = seed;
        _traffic = traffic ?? Traffic.None;
        _configure = configure ?? (options => options);
        IsRecorded = isRecorded;
        Random = new(seed);
        Host = new(this, isHost: true);
        Guest = new(this, isHost: false);
        Host.Other = Guest;
        Guest.Other = Host;
    }

    internal SimulatedClock Clock { get; private init; } = new();

    internal SimulatedRandom Random { get; }

    internal CallOracle Oracle { get; private init; } = new();

    /// <summary>Gets the rules that the world keeps to.</summary>
    internal SimulatedRules Rules { get; init; } = SimulatedRules.All;

    /// <summary>Gets the world of a clone of the VM that lives on beside this one; null while there is none.</summary>
    internal SimulatedWorld? Clone { get; private set; }

    private SealChecker Seals => _seals ??= new(Rules.SealsSurviveRepetition);

    internal SimulatedSide Host { get; }

    internal SimulatedSide Guest { get; }

    internal Guid VmId { get; set; } = new("11111111-2222-3333-4444-555555555555");

    internal int MaxBatch { get; init; } = 128;

    internal TimeSpan BusyPoll { get; init; } = TimeSpan.FromMilliseconds(10);

    internal TimeSpan IdlePoll { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Gets or sets whether nothing is to happen any more but polls: fewer of them show the same.</summary>
    internal bool IsAtRest { get; set; }

    /// <summary>Gets or sets for how much longer than others this world may have to wait until it works
    /// again.</summary>
    internal TimeSpan FurtherWaits { get; set; }

    /// <summary>Gets or sets how large the calls are that show after the storm that all works.</summary>
    internal int RecoveryBytes { get; set; } = 3000;

    internal bool IsRecorded { get; }

    /// <summary>Gets or sets where each step is told, for people; null for nowhere.</summary>
    internal Action<string>? Log { get; set; }

    /// <summary>Gets or sets who is shown every text that is written.</summary>
    internal Action<SimulatedSide, string>? Written { get; set; }

    /// <summary>Gets a hash of all that has happened.</summary>
    internal UInt128 TraceHash
    {
        get
        {
            KeyedHash copy = _trace;
            return copy.Finish();
        }
    }

    internal bool IsOpen => Host.Peer.Engine.State == LinkState.Open && Guest.Peer.Engine.State == LinkState.Open;

    /// <summary>Starts both sides, one after the other.</summary>
    internal void Start()
    {
        StartHost();
        StartGuest();
    }

    internal void StartHost() => Start(Host);

    internal void StartGuest() => Start(Guest);

    /// <summary>Starts a new process on a side; what the earlier one left in the tables stays.</summary>
    internal void Start(SimulatedSide side)
    {
        bool isHost = side == Host;
        LinkOptions options = _configure(new()
        {
            Rules = Rules.Engine,
            Role = isHost ? PeerRole.Host : PeerRole.Guest,
            VmId = isHost ? VmId : null,
            MaxValueUnits = isHost ? 1023 : 1022,
        });
        ulong life = ++_lives;
        side.Live(new(options, (_seed * 1_000_003) + (life * 7), life, _traffic, Oracle, Seals, side.Now, IsRecorded));
    }

    /// <summary>Gives a number for a past that is lived on.</summary>
    internal ulong NextTimeline() => ++_timelines;

    /// <summary>Lets a copy of the VM, its memory and both tables as they are, go on beside the original, with a host
    /// process of its own.</summary>
    /// <param name="vmId">The copy's id: its own, or, on another host, the same.</param>
    /// <param name="isNoticed">Whether the copy notices that it is one.</param>
    internal void CloneVm(Guid vmId, bool isNoticed)
    {
        SimulatedWorld clone = new(Random.NextUInt64(), _traffic, _configure, isRecorded: false)
        {
            Clock = Clock,
            Oracle = Oracle.Fork(),
            Rules = Rules,
            BusyPoll = BusyPoll,
            IdlePoll = IdlePoll,
            FurtherWaits = FurtherWaits,
            RecoveryBytes = RecoveryBytes,
            VmId = vmId,
            Log = Log is { } log ? text => log("CLONE " + text) : null,
            _seals = Seals,
            _lives = _lives + ClonedLives,
            _timelines = _timelines + ClonedLives,
        };
        clone.Host.Own.Restore(Host.Own.Own(), Clock.Now);
        clone.Guest.Own.Restore(Guest.Own.Own(), Clock.Now);
        clone.Guest.CopyClock(Guest);
        SimulatedPeer guest = Guest.Peer.AsOf(Guest.Peer.InputCount, clone.NextTimeline(), clone.Oracle);
        if (isNoticed)
            guest.Suspect(Random.NextUInt64(), clone.Guest.Now);
        clone.Guest.Resume(guest);
        clone.StartHost();
        Clone = clone;
    }

    /// <summary>Runs until the link is open on both sides.</summary>
    internal void Open(double seconds = 60)
    {
        if (!Clock.RunUntil(() => IsOpen, TimeSpan.FromSeconds(seconds)))
        {
            throw new SimulationException(
                $"The link did not open: host {Host.Peer.Engine.State}, {Host.Peer.Engine.Obstacle}"
                + $" Guest {Guest.Peer.Engine.State}, {Guest.Peer.Engine.Obstacle}");
        }
    }

    internal void RunFor(TimeSpan span) => Clock.RunUntil(Clock.Now + span);

    /// <summary>Makes one call and runs until it has succeeded.</summary>
    internal void Call(SimulatedSide side, int requestBytes = 100, int replyBytes = 100, double seconds = 60)
    {
        int before = side.Peer.Application.Succeeded;
        if (side.Peer.Call(1, requestBytes, 1, replyBytes) is null)
            throw new SimulationException("There is no link to call over.");
        side.Pump();
        if (!Clock.RunUntil(() => side.Peer.Application.Succeeded > before, TimeSpan.FromSeconds(seconds)))
            throw new SimulationException("A call was not answered.");
    }

    internal int Restored(SimulatedSide side) => side == Host ? RestoredHost : RestoredGuest;

    /// <summary>Gets or sets how often the host's table was put back: writes of before no longer land.</summary>
    internal int RestoredHost { get; set; }

    internal int RestoredGuest { get; set; }

    internal void Trace(SimulatedSide side, string what, IReadOnlyList<KeyValuePair<string, string>> items)
    {
        _trace.Add((ulong)Clock.Now.SinceStart.Ticks);
        _trace.Add((ulong)(side == Host ? 1 : 2));
        _trace.Add((ulong)what[0]);
        foreach ((string key, string text) in items)
        {
            _trace.Add(System.Runtime.InteropServices.MemoryMarshal.AsBytes<char>(key));
            _trace.Add((ulong)text.Length);
            _trace.Add(System.Runtime.InteropServices.MemoryMarshal.AsBytes(text.AsSpan(0, Math.Min(64, text.Length))));
        }

        Log?.Invoke(
            $"{Clock.Now.SinceStart.TotalSeconds,10:F4} {(side == Host ? "host " : "guest")} {what,-6} "
            + $"{side.Peer.Engine.State,-10} "
            + string.Join(' ', items.Select(item => $"{item.Key.Split('.')[^1]}:{Short(item.Value)}")));
    }

    internal void Note(SimulatedSide side, string what) =>
        Log?.Invoke($"{Clock.Now.SinceStart.TotalSeconds,10:F4} {(side == Host ? "HOST " : "GUEST")} {what}");

    internal void CheckBounds(SimulatedSide side) => BoundsChecker.Check(side.Peer.Engine, side.Peer.Options);

    public void Dispose()
    {
        Clone?.Dispose();
        Host.Peer?.Dispose();
        Guest.Peer?.Dispose();
    }

    private static string Short(string text) =>
        text.Length == 0 ? "-" : $"{text[..Math.Min(9, text.Length)]}~{text.Length}";
}
