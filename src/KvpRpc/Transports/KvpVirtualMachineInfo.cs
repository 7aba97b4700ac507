namespace KvpRpc.Transports;

/// <summary>A VM as its hypervisor lists it.</summary>
/// <param name="Id">The id that the hypervisor gave it; it never changes.</param>
/// <param name="Name">Its name; several VMs may have the same.</param>
public sealed record KvpVirtualMachineInfo(Guid Id, string Name);
