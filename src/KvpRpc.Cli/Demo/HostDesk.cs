using KvpRpc.Cli.Demo.Contracts;

namespace KvpRpc.Cli.Demo;

/// <summary>What the host does for one guest.</summary>
internal sealed class HostDesk(DemoMachine machine, string hostName, TimeProvider time) : IHostDesk
{
    public Task SignInAsync(int processId, CancellationToken cancellationToken)
    {
        machine.HandleSignIn(processId);
        return Task.CompletedTask;
    }

    public Task<GuestIdentity> WhoAmIAsync(CancellationToken cancellationToken) => Task.FromResult(new GuestIdentity
    {
        HostName = hostName,
        MachineName = machine.Name,
        MachineId = machine.Id,
        HostTime = time.GetUtcNow(),
    });
}
