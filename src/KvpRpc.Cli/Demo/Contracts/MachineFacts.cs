using MessagePack;

namespace KvpRpc.Cli.Demo.Contracts;

/// <summary>What a guest runs on.</summary>
[MessagePackObject]
internal sealed record MachineFacts
{
    [Key(0)]
    public required string OperatingSystem { get; init; }

    [Key(1)]
    public required string Kernel { get; init; }

    [Key(2)]
    public required string ComputerName { get; init; }

    [Key(3)]
    public required int ProcessId { get; init; }

    [Key(4)]
    public required int ProcessorCount { get; init; }

    [Key(5)]
    public required long MemoryBytes { get; init; }

    /// <summary>Gets how long the machine has been up.</summary>
    [Key(6)]
    public required TimeSpan Uptime { get; init; }

    [Key(7)]
    public required string Runtime { get; init; }
}
