namespace KvpRpc.Protocol.Tests.Simulation;

/// <summary>What an application does of its own accord, each time it acts.</summary>
internal sealed record Traffic
{
    internal static readonly Traffic None = new();

    internal double CallChance { get; init; }

    internal int MaxCalls { get; init; } = 8;

    internal double LargeChance { get; init; }

    internal int LargeBytes { get; init; } = 64 << 10;

    internal double ManyMessagesChance { get; init; }

    internal double ResetChance { get; init; }

    /// <summary>Gets how likely the application is done with a received message each time it acts; 1: at
    /// once.</summary>
    internal double ConsumeChance { get; init; } = 1;
}
