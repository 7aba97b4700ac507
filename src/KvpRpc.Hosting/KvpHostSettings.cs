namespace KvpRpc.Hosting;

/// <summary>What the configuration says of a host.</summary>
public sealed class KvpHostSettings : KvpSettings
{
    /// <summary>Gets the VMs to which links are kept: names, with <c>*</c> and <c>?</c> for any characters and without
    /// regard to case, or ids. None by default: then a VM is opened when it is first called, and its guest cannot call
    /// before.</summary>
    /// <remarks>A VM that appears later is opened within <see cref="LookInterval"/>; one that is gone is
    /// closed.</remarks>
    public IList<string> VirtualMachines { get; } = [];

    /// <summary>Gets or sets how often is looked for VMs that have appeared or are gone: 1 second to 1 day; by default
    /// 10 seconds.</summary>
    public TimeSpan LookInterval { get; set; } = TimeSpan.FromSeconds(10);
}
