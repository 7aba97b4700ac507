using KvpRpc.Links;

namespace KvpRpc.Host;

/// <summary>How a host keeps its links and makes and takes calls.</summary>
public sealed record KvpHostOptions
{
    /// <summary>Gets how links are kept; the VM's id is set for each VM.</summary>
    public KvpLinkOptions Links { get; init; } = new();

    /// <summary>Gets how calls are made and taken.</summary>
    public RpcPeerOptions Calls { get; init; } = new();
}
