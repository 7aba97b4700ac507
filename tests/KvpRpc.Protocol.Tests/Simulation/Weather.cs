namespace KvpRpc.Protocol.Tests.Simulation;

/// <summary>Which faults a world has and how often; each seed draws its own, most of them zero.</summary>
internal sealed record Weather
{
    internal static readonly Weather Fair = new();

    /// <summary>Gets how likely a write of an item is refused: it truly does not land.</summary>
    internal double RefuseChance { get; init; }

    /// <summary>Gets how likely a write stays in doubt: it lands, lands late, or never.</summary>
    internal double DoubtChance { get; init; }

    /// <summary>Gets how likely a whole batch is refused.</summary>
    internal double BatchRefuseChance { get; init; }

    /// <summary>Gets how likely a read shows one item as it was before.</summary>
    internal double StaleChance { get; init; }

    /// <summary>Gets how late at most each item becomes visible for itself.</summary>
    internal TimeSpan MaxVisibleAfter { get; init; }

    /// <summary>Gets whether the items of a batch land one after the other, rather than all at its end.</summary>
    internal bool IsUneven { get; init; }

    internal TimeSpan MaxWriteTime { get; init; } = TimeSpan.FromMilliseconds(2);

    internal TimeSpan MaxReadTime { get; init; }

    /// <summary>Gets how late at most a write in doubt lands.</summary>
    internal TimeSpan MaxLateLanding { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets how likely, each second, a table loses all its items to others.</summary>
    internal double TruncateChance { get; init; }

    /// <summary>Gets how likely, each second, a side's process dies and a new one starts.</summary>
    internal double CrashChance { get; init; }

    internal double CheckpointChance { get; init; }

    internal double RollbackChance { get; init; }

    /// <summary>Gets whether a rollback leaves the guest with the clock of the checkpoint.</summary>
    internal bool RollbackTurnsClock { get; init; }

    /// <summary>Gets whether a rolled back side notices it at once: the VM's generation id has changed.</summary>
    internal bool NoticesRollbacks { get; init; }

    /// <summary>Gets how likely a rollback meets the host as well.</summary>
    internal double BothRollBackChance { get; init; }

    internal double CloneChance { get; init; }

    /// <summary>Gets how likely, each second, a copy of the VM begins to live beside it.</summary>
    internal double TwinChance { get; init; }

    /// <summary>Gets how likely, each second, a side's clock is turned, forward or back.</summary>
    internal double ClockJumpChance { get; init; }

    internal double PauseChance { get; init; }

    /// <summary>Gets whether items can be changed but not deleted, as on a host whose Remove is broken.</summary>
    internal bool RefusesDeletions { get; init; }

    internal double BlindChance { get; init; }

    /// <summary>Gets how likely, each second, a table takes no new item for a while.</summary>
    internal double FullChance { get; init; }

    internal double ForeignChance { get; init; }

    /// <summary>Gets a weather without faults that is as slow as this one.</summary>
    internal Weather Calm => new()
    {
        MaxVisibleAfter = MaxVisibleAfter,
        MaxWriteTime = MaxWriteTime,
        MaxReadTime = MaxReadTime,
        IsUneven = IsUneven,
    };

    /// <summary>Draws the weather of a seed: each fault is on in about a third of all worlds.</summary>
    internal static Weather Draw(SimulatedRandom random)
    {
        double Rate(double most) => random.Chance(0.35) ? most * random.NextDouble() : 0;
        TimeSpan Time(double mostMilliseconds) => TimeSpan.FromMilliseconds(Rate(mostMilliseconds));
        return new()
        {
            RefuseChance = Rate(0.3),
            DoubtChance = Rate(0.2),
            BatchRefuseChance = Rate(0.3),
            StaleChance = Rate(0.05),
            MaxVisibleAfter = Time(300),
            MaxWriteTime = TimeSpan.FromMilliseconds(1) + Time(200),
            IsUneven = random.Chance(0.5),
            MaxReadTime = Time(100),
            TruncateChance = Rate(0.1),
            CrashChance = Rate(0.05),
            CheckpointChance = 0.1,
            RollbackChance = random.Chance(0.25) ? 0.05 * random.NextDouble() : 0,
            NoticesRollbacks = random.Chance(0.4),
            RollbackTurnsClock = random.Chance(0.5),
            BothRollBackChance = random.Chance(0.2) ? 0.5 : 0,
            CloneChance = random.Chance(0.1) ? 0.02 : 0,
            PauseChance = Rate(0.03),
            BlindChance = Rate(0.05),
            FullChance = Rate(0.05),
            ForeignChance = Rate(0.05),
            RefusesDeletions = random.Chance(0.1),
            TwinChance = random.Chance(0.15) ? 0.03 : 0,
            ClockJumpChance = Rate(0.03),
        };
    }
}
