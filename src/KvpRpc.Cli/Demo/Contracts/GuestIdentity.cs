using MessagePack;

namespace KvpRpc.Cli.Demo.Contracts;

/// <summary>Who a guest is, as its host knows it.</summary>
[MessagePackObject]
internal sealed record GuestIdentity
{
    [Key(0)]
    public required string HostName { get; init; }

    [Key(1)]
    public required string MachineName { get; init; }

    [Key(2)]
    public required Guid MachineId { get; init; }

    [Key(3)]
    public required DateTimeOffset HostTime { get; init; }
}
