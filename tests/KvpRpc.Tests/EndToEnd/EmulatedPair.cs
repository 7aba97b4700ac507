using KvpRpc.Emulator;
using KvpRpc.Guest;
using KvpRpc.Host;
using KvpRpc.Links;

namespace KvpRpc.Tests.EndToEnd;

/// <summary>A host and a guest on the emulator's in-memory tables, each with the echo service.</summary>
internal sealed class EmulatedPair : IAsyncDisposable
{
    private EmulatedPair(EmulatedHyperV hyperV, EmulatedVirtualMachine emulated, KvpHost host, KvpVirtualMachine machine)
    {
        HyperV = hyperV;
        Emulated = emulated;
        Host = host;
        Machine = machine;
        Guest = NewGuest();
    }

    internal EmulatedHyperV HyperV { get; }

    internal EmulatedVirtualMachine Emulated { get; }

    internal KvpHost Host { get; }

    internal KvpVirtualMachine Machine { get; }

    internal KvpGuest Guest { get; private set; }

    internal Echo GuestEcho { get; } = new();

    internal static async Task<EmulatedPair> StartAsync(KvpLinkOptions? links = null)
    {
        EmulatedHyperV hyperV = new();
        EmulatedVirtualMachine emulated = hyperV.AddVirtualMachine("web-01");
        await emulated.StartAsync(TestContext.Current.CancellationToken);
        KvpHost host = new(hyperV, new() { Links = links ?? new() });
        host.AddService<IEcho>(_ => new Echo());
        return new(hyperV, emulated, host, await host.OpenVirtualMachineAsync("web-01", TestContext.Current.CancellationToken));
    }

    internal async Task RestartGuestAsync()
    {
        await Guest.DisposeAsync();
        Guest = NewGuest();
    }

    public async ValueTask DisposeAsync()
    {
        await Guest.DisposeAsync();
        await Host.DisposeAsync();
        await HyperV.DisposeAsync();
    }

    private KvpGuest NewGuest()
    {
        KvpGuest guest = new(Emulated.OpenGuestTransport(KvpChannel.KeyPrefix("default")));
        guest.AddService<IEcho>(GuestEcho);
        guest.Start();
        return guest;
    }
}
