namespace KvpRpc;

/// <summary>What a peer is to this side.</summary>
public enum RpcPeerSide
{
    /// <summary>The carrier of the link does not say.</summary>
    Unknown,

    /// <summary>The host on which this guest runs: only it can write this guest's tables.</summary>
    Host,

    /// <summary>A program in the guest of a VM: the hypervisor says which.</summary>
    Guest,
}
