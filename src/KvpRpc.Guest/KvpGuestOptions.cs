using KvpRpc.Links;

namespace KvpRpc.Guest;

/// <summary>How a guest keeps its link and makes and takes calls.</summary>
public sealed record KvpGuestOptions
{
    /// <summary>Gets how links are kept.</summary>
    public KvpLinkOptions Links { get; init; } = new();

    /// <summary>Gets how calls are made and taken.</summary>
    public RpcPeerOptions Calls { get; init; } = new();

    /// <summary>Gets where a Linux guest keeps its tables; the key prefix is set to that of the channel.</summary>
    public LinuxGuestTransportOptions Linux { get; init; } = new() { KeyPrefix = KvpChannel.KeyPrefix("default") };
}
