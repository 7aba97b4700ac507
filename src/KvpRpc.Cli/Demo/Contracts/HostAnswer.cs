using MessagePack;

namespace KvpRpc.Cli.Demo.Contracts;

/// <summary>What a guest was told by its host.</summary>
[MessagePackObject]
internal sealed record HostAnswer
{
    [Key(0)]
    public required GuestIdentity Identity { get; init; }

    /// <summary>Gets how long the guest waited for it.</summary>
    [Key(1)]
    public required double Milliseconds { get; init; }
}
