namespace KvpRpc.Cli.Demo.Contracts;

/// <summary>What the host of the demo offers its guests.</summary>
[KvpService(Name = "demo.HostDesk")]
internal interface IHostDesk
{
    /// <summary>Tells the host that a program in the guest has started.</summary>
    [Idempotent]
    Task SignInAsync(int processId, CancellationToken cancellationToken);

    /// <summary>Says who the caller is: the host knows it from the hypervisor, not from the caller.</summary>
    Task<GuestIdentity> WhoAmIAsync(CancellationToken cancellationToken);
}
