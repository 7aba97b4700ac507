using KvpRpc.Guest;
using KvpRpc.Host;
using KvpRpc.Transports;
using MessagePack;

namespace KvpRpc.Tests.Readme;

[KvpService] // The contract: a plain interface, in an assembly that both sides have.
public interface IPatching
{
    Task<PatchReport> InstallAsync(string patch, CancellationToken cancellationToken);
}

[MessagePackObject]
public sealed record PatchReport([property: Key(0)] bool Succeeded, [property: Key(1)] string Text);

internal sealed class Patching : IPatching // In the guest.
{
    internal static void Serve(KvpGuest guest) // await KvpGuest.OpenAsync(), in a Linux guest
    {
        guest.AddService<IPatching>(new Patching(), RpcAccess.Host); // Who may call: nobody else.
        guest.Start();
    }

    public Task<PatchReport> InstallAsync(string patch, CancellationToken cancellationToken) =>
        Task.FromResult(new PatchReport(true, $"{patch} installed on {Environment.MachineName}"));
}

internal static class Patcher // On the host; or the other way round: both sides may serve and call, at the same time.
{
    internal static async Task<PatchReport> PatchAsync(IKvpHypervisor hyperV, CancellationToken cancellationToken)
    {
        await using KvpHost host = new(hyperV); // new EmulatedHyperV() runs everywhere
        KvpVirtualMachine machine = await host.OpenVirtualMachineAsync("web-01", cancellationToken);
        return await machine.CreateClient<IPatching>().InstallAsync("KB5051234", cancellationToken);
    }
}
