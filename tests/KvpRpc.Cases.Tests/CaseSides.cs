using KvpRpc.Emulator;
using KvpRpc.Guest;
using KvpRpc.Host;
using KvpRpc.Links;
using KvpRpc.Transports;

namespace KvpRpc.Cases.Tests;

/// <summary>A host and a guest with one link: over tables in memory, or over those of Microsoft's daemon. One side
/// serves, the other calls.</summary>
internal sealed class CaseSides : IAsyncDisposable
{
    private readonly EmulatedHyperV _hyperV;
    private readonly DirectoryInfo _locks = Directory.CreateTempSubdirectory("kvprpc-");
    private readonly KvpHost _host;
    private readonly KvpGuest _guest;
    private readonly KvpVirtualMachine _machine;
    private readonly bool _hostCalls;

    private CaseSides(EmulatedHyperV hyperV, KvpHost host, KvpVirtualMachine machine,
        Func<string, IKvpTransport> openGuest, TestService service, RpcPeerOptions calls, bool hostCalls)
    {
        _hyperV = hyperV;
        _host = host;
        _machine = machine;
        _hostCalls = hostCalls;
        Service = service;
        _guest = new(openGuest(_locks.FullName), new() { Calls = calls });
        if (hostCalls)
            _guest.AddService<ITestService>(service, RpcAccess.Anyone);
        _guest.Start();
    }

    /// <summary>Gets the service that is called.</summary>
    internal TestService Service { get; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Opens both sides.</summary>
    /// <param name="isDaemon">Whether the guest is Microsoft's daemon; a test is skipped where that cannot run.</param>
    /// <param name="hostCalls">Whether the host calls the guest, and not the guest the host.</param>
    /// <param name="calls">How calls are made and taken on both sides.</param>
    internal static async Task<CaseSides> StartAsync(bool isDaemon, bool hostCalls, RpcPeerOptions? calls = null)
    {
        EmulatedGuestKind kind = isDaemon ? EmulatedGuestKind.LinuxDaemon : EmulatedGuestKind.Linux;
        string? obstacle = EmulatedHyperV.WhyUnavailable(kind);
        Assert.SkipWhen(obstacle is not null, obstacle ?? "");
        calls ??= new();
        EmulatedHyperV hyperV = new();
        EmulatedVirtualMachine emulated = hyperV.AddVirtualMachine("case", kind);
        await emulated.StartAsync(Token);
        KvpHost host = new(hyperV, new() { Calls = calls });
        TestService service = new();
        if (!hostCalls)
            host.AddService<ITestService>(_ => service, RpcAccess.Anyone);
        KvpVirtualMachine machine = await host.OpenVirtualMachineAsync("case", Token);
        string prefix = KvpChannel.KeyPrefix("default");
        return new(hyperV, host, machine, OpenGuest, service, calls, hostCalls);

        IKvpTransport OpenGuest(string locks) => isDaemon
            ? LinuxGuestTransport.Open(new()
            {
                KeyPrefix = prefix,
                Folder = emulated.PoolFolder!,
                LockFolder = locks,
            })
            : emulated.OpenGuestTransport(prefix);
    }

    internal TContract CreateClient<[KvpContract] TContract>(RpcClientOptions? options = null)
        where TContract : class =>
        _hostCalls ? _machine.CreateClient<TContract>(options) : _guest.CreateClient<TContract>(options);

    public async ValueTask DisposeAsync()
    {
        await _guest.DisposeAsync();
        await _host.DisposeAsync();
        await _hyperV.DisposeAsync();
        _locks.Delete(recursive: true);
    }
}
