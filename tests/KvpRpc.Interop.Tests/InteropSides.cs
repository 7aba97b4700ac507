using KvpRpc.Emulator;
using KvpRpc.Guest;
using KvpRpc.Host;
using KvpRpc.Links;
using KvpRpc.Transports;

namespace KvpRpc.Interop.Tests;

/// <summary>A VM whose guest is Microsoft's daemon, and the .NET side on it: the host, or the guest on the daemon's
/// files.</summary>
internal sealed class InteropSides : IAsyncDisposable
{
    private readonly EmulatedHyperV _hyperV = new();
    private readonly EmulatedVirtualMachine _machine;
    private readonly bool _isDotNetHost;
    private readonly DirectoryInfo _locks = Directory.CreateTempSubdirectory("kvprpc-");
    private readonly List<IAsyncDisposable> _opened = [];

    private InteropSides(bool isDotNetHost)
    {
        _isDotNetHost = isDotNetHost;
        _machine = _hyperV.AddVirtualMachine("web-01", EmulatedGuestKind.LinuxDaemon);
    }

    internal DotNetPeer Service { get; } = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    internal static async Task<InteropSides> StartAsync(bool isDotNetHost)
    {
        NodeProgram.SkipUnlessAvailable();
        string? obstacle = EmulatedHyperV.WhyUnavailable(EmulatedGuestKind.LinuxDaemon);
        Assert.SkipWhen(obstacle is not null, obstacle ?? "");
        InteropSides sides = new(isDotNetHost);
        await sides._machine.StartAsync(Token);
        return sides;
    }

    /// <summary>Starts the JavaScript peer on the other side of the VM's tables.</summary>
    internal JavaScriptPeer StartJavaScript(string channel = "default", string? preSharedKey = null)
    {
        JavaScriptPeer peer = _isDotNetHost
            ? JavaScriptPeer.StartGuest(_machine.PoolFolder!, channel, preSharedKey)
            : JavaScriptPeer.StartHost(_machine.Id, OpenHostTransport(channel), channel, preSharedKey);
        _opened.Add(peer);
        return peer;
    }

    /// <summary>Opens the .NET side with its service; gives a client of the peer's and what it links with.</summary>
    internal async Task<(IJavaScriptPeer Client, IKvpLinkSource Links)> OpenDotNetAsync(
        KvpLinkOptions? links = null,
        TimeSpan? deadline = null,
        RpcCompression compression = RpcCompression.None)
    {
        RpcClientOptions options = new() { Deadline = deadline, Compression = compression };
        RpcPeerOptions calls = new() { Compression = compression };
        if (_isDotNetHost)
        {
            KvpHost host = new(_hyperV, new() { Links = links ?? new(), Calls = calls });
            _opened.Add(host);
            host.AddService<IDotNetPeer>(_ => Service, RpcAccess.Anyone);
            KvpVirtualMachine machine = await host.OpenVirtualMachineAsync(_machine.Name, Token);
            return (machine.CreateClient<IJavaScriptPeer>(options), machine.Links);
        }

        KvpGuest guest = new(OpenGuestTransport("default"), new() { Links = links ?? new(), Calls = calls });
        _opened.Add(guest);
        guest.AddService<IDotNetPeer>(Service, RpcAccess.Anyone);
        guest.Start();
        return (guest.CreateClient<IJavaScriptPeer>(options), guest.Links);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (IAsyncDisposable opened in Enumerable.Reverse(_opened))
            await opened.DisposeAsync();
        await _hyperV.DisposeAsync();
        _locks.Delete(recursive: true);
    }

    private IKvpTransport OpenHostTransport(string channel) =>
        _hyperV.OpenTransport(_machine.Id, KvpChannel.KeyPrefix(channel));

    private LinuxGuestTransport OpenGuestTransport(string channel) => LinuxGuestTransport.Open(new()
    {
        KeyPrefix = KvpChannel.KeyPrefix(channel),
        Folder = _machine.PoolFolder!,
        LockFolder = _locks.FullName,
    });
}
