namespace KvpRpc;

/// <summary>Who is at the other end of a link, as this side knows it by itself: never by what the peer says.</summary>
/// <param name="Side">What the peer is to this side.</param>
/// <param name="VirtualMachineId">The id that the hypervisor gave the VM whose guest the peer is; in a guest the own
/// VM's id where it is known. Null: not known.</param>
/// <param name="VirtualMachineName">The name that the VM had when it was opened. Names can change and repeat: rules
/// that must be sure go by the id. Null: not known.</param>
/// <param name="IsProven">Whether the peer has proven with a pre-shared key that it is the one that was meant.</param>
public sealed record RpcPeerIdentity(
    RpcPeerSide Side, Guid? VirtualMachineId = null, string? VirtualMachineName = null, bool IsProven = false)
{
    /// <summary>Gets the identity of a peer of which nothing is known.</summary>
    public static RpcPeerIdentity Unknown { get; } = new(RpcPeerSide.Unknown);
}
