using KvpRpc.Emulator;
using KvpRpc.Guest;
using KvpRpc.Host;
using KvpRpc.Links;
using KvpRpc.Tests.Calls;
using KvpRpc.Tests.Resilience;
using KvpRpc.Transports;

namespace KvpRpc.Tests.EndToEnd;

/// <summary>A host and a guest on the emulator's tables, each with the echo service.</summary>
internal sealed class EmulatedPair : IAsyncDisposable
{
    private readonly DirectoryInfo _locks = Directory.CreateTempSubdirectory("kvprpc-");
    private readonly KvpLinkOptions _guestLinks;

    private EmulatedPair(
        EmulatedHyperV hyperV, EmulatedVirtualMachine emulated, KvpHost host, KvpVirtualMachine machine,
        KvpLinkOptions guestLinks)
    {
        _guestLinks = guestLinks;
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

    internal StreamService GuestStreams { get; } = new();

    internal Store GuestStore { get; } = new();

    /// <summary>Gets the transport of the guest that runs now.</summary>
    internal GatedTransport GuestTransport { get; private set; } = null!;

    internal static async Task<EmulatedPair> StartAsync(
        KvpLinkOptions? links = null, EmulatedGuestKind kind = EmulatedGuestKind.Linux,
        KvpLinkOptions? guestLinks = null, RpcPeerOptions? calls = null)
    {
        EmulatedHyperV hyperV = new();
        EmulatedVirtualMachine emulated = hyperV.AddVirtualMachine("web-01", kind);
        await emulated.StartAsync(TestContext.Current.CancellationToken);
        KvpHost host = new(hyperV, new() { Links = links ?? new(), Calls = calls ?? new() });
        host.AddService<IEcho>(_ => new Echo(), RpcAccess.Anyone);
        return new(hyperV, emulated, host,
            await host.OpenVirtualMachineAsync("web-01", TestContext.Current.CancellationToken), guestLinks ?? new());
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
        _locks.Delete(recursive: true);
    }

    private IKvpTransport OpenGuestTransport(string prefix) => Emulated.PoolFolder is { } folder
        ? LinuxGuestTransport.Open(new() { KeyPrefix = prefix, Folder = folder, LockFolder = _locks.FullName })
        : Emulated.OpenGuestTransport(prefix);

    private KvpGuest NewGuest()
    {
        GuestTransport = new(OpenGuestTransport(KvpChannel.KeyPrefix("default")));
        KvpGuest guest = new(GuestTransport, new() { Links = _guestLinks });
        guest.AddService<IEcho>(GuestEcho, RpcAccess.Anyone);
        guest.AddService<IStreams>(GuestStreams, RpcAccess.Anyone);
        guest.AddService<IStore>(GuestStore, RpcAccess.Anyone);
        guest.Start();
        return guest;
    }
}
