namespace KvpRpc.Transports;

/// <summary>The VMs of a host and their tables: Hyper-V's own, or an emulated one.</summary>
public interface IKvpHypervisor
{
    /// <summary>Lists the VMs, in whatever state they are.</summary>
    /// <exception cref="KvpTransportException">The hypervisor cannot be asked.</exception>
    ValueTask<IReadOnlyList<KvpVirtualMachineInfo>> ListVirtualMachinesAsync(CancellationToken cancellationToken);

    /// <summary>Opens the host's tables of a VM.</summary>
    /// <param name="id">The VM's id.</param>
    /// <param name="keyPrefix">What the keys of the own items start with.</param>
    /// <exception cref="KvpTransportException">There is no such VM, or another program has opened the
    /// prefix.</exception>
    IKvpTransport OpenTransport(Guid id, string keyPrefix);
}
