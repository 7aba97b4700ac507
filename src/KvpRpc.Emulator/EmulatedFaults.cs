namespace KvpRpc.Emulator;

/// <summary>How often which fault of the medium happens. A rate is a share from 0 (never) to 1 (always).</summary>
/// <remarks>Every fault is one that <see cref="KvpRpc.Transports.IKvpTransport"/> allows, so a program must survive
/// each.
/// </remarks>
public sealed record EmulatedFaults
{
    /// <summary>Gets the faults of a medium that has none.</summary>
    public static EmulatedFaults None { get; } = new();

    /// <summary>Gets how many reads fail, after showing a part of the table.</summary>
    public double ReadFails { get; init; }

    /// <summary>Gets how many of the items that a read would show it leaves out.</summary>
    public double ItemHidden { get; init; }

    /// <summary>Gets how many of the items that a read shows it shows torn: with the end of another text.</summary>
    public double ItemTorn { get; init; }

    /// <summary>Gets how many batches fail before any of their items is written.</summary>
    public double WriteFails { get; init; }

    /// <summary>Gets how many items of a batch are refused while others land.</summary>
    public double ItemRefused { get; init; }

    /// <summary>Gets how many items of a batch are reported in doubt and never land.</summary>
    public double ItemLost { get; init; }

    /// <summary>Gets how many items of a batch are reported in doubt and land after up to <see cref="LateBy"/>; until
    /// then other writes go on, which it may cover.</summary>
    public double ItemLandsLate { get; init; }

    /// <summary>Gets how many items of a batch land at once but are reported in doubt.</summary>
    public double ItemLandsUnnoticed { get; init; }

    /// <summary>Gets the longest time by which an item lands late.</summary>
    public TimeSpan LateBy { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Gets the longest time for which a read or a write is held before it begins.</summary>
    public TimeSpan HeldBy { get; init; }
}
