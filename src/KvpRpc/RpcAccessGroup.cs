using System.Collections.Concurrent;
using KvpRpc.Access;
using KvpRpc.Calls;

namespace KvpRpc;

/// <summary>A rule that allows the guests of a group of VMs, which can change at any time: it holds from the next call
/// on, for all services that were added with it.</summary>
/// <remarks>All members are safe to call from any thread.</remarks>
public sealed class RpcAccessGroup : RpcAccess
{
    private readonly ConcurrentDictionary<Guid, bool> _members = new();

    /// <summary>Initializes a group.</summary>
    /// <param name="virtualMachineIds">The ids that the hypervisor gave the VMs.</param>
    public RpcAccessGroup(params IEnumerable<Guid> virtualMachineIds)
    {
        ArgumentNullException.ThrowIfNull(virtualMachineIds);
        foreach (Guid id in virtualMachineIds)
            Add(id);
    }

    /// <summary>Takes a VM into the group.</summary>
    public void Add(Guid virtualMachineId) => _members[virtualMachineId] = true;

    /// <summary>Takes a VM out of the group; false if it was not in it. Calls that run go on.</summary>
    public bool Remove(Guid virtualMachineId) => _members.TryRemove(virtualMachineId, out _);

    /// <summary>Says whether a VM is in the group.</summary>
    public bool Contains(Guid virtualMachineId) => _members.ContainsKey(virtualMachineId);

    internal override ValueTask<AccessDecision> DecideAsync(InboundCall call)
    {
        RpcPeerIdentity peer = call.Server.Peer;
        return new(Allow(peer is { Side: RpcPeerSide.Guest, VirtualMachineId: { } id } && Contains(id)));
    }
}
