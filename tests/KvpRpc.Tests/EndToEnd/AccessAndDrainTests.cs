using KvpRpc.Emulator;
using KvpRpc.Guest;
using KvpRpc.Host;
using KvpRpc.Links;
using KvpRpc.Tests.Calls;

namespace KvpRpc.Tests.EndToEnd;

/// <summary>Who may call, and how a side stops, with a real host and real guests on the emulator.</summary>
public sealed class AccessAndDrainTests : IAsyncDisposable
{
    private static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    private readonly EmulatedHyperV _hyperV = new();
    private readonly List<KvpGuest> _guests = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_host_knows_its_callers_by_the_id_that_the_hypervisor_gave_their_vm()
    {
        EmulatedVirtualMachine web = await BootAsync("web-01");
        EmulatedVirtualMachine db = await BootAsync("db-01");
        await using KvpHost host = new(_hyperV);
        host.AddService<IEcho>(_ => new Echo(), RpcAccess.VirtualMachines(web.Id));
        await host.OpenVirtualMachineAsync("web-01", Token);
        await host.OpenVirtualMachineAsync("db-01", Token);

        IEcho fromWeb = OpenGuest(web).CreateClient<IEcho>();
        IEcho fromDb = OpenGuest(db).CreateClient<IEcho>();
        Assert.Equal("a", await Wait.For(fromWeb.EchoAsync("a", Token)));
        RpcException denied = await Wait.ForError(fromDb.EchoAsync("a", Token));
        Assert.Equal(StatusCode.PermissionDenied, denied.StatusCode);
        Assert.True(denied.CertainlyNotRun);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_guest_can_want_a_host_that_holds_the_pre_shared_key(bool hasKey)
    {
        KvpLinkOptions links = new() { PreSharedKey = hasKey ? Key : default(ReadOnlyMemory<byte>) };
        EmulatedVirtualMachine web = await BootAsync("web-01");
        await using KvpHost host = new(_hyperV, new() { Links = links });
        KvpGuest guest = OpenGuest(web, links);
        guest.AddService<IEcho>(new Echo(), RpcAccess.Host & RpcAccess.Proven);
        KvpVirtualMachine machine = await host.OpenVirtualMachineAsync("web-01", Token);
        Task<string> call = machine.CreateClient<IEcho>().EchoAsync("a", Token);
        if (hasKey)
            Assert.Equal("a", await Wait.For(call));
        else
            Assert.Equal(StatusCode.Unauthenticated, (await Wait.ForError(call)).StatusCode);
    }

    [Fact]
    public async Task A_guest_that_stops_lets_its_calls_end_and_refuses_others()
    {
        EmulatedVirtualMachine web = await BootAsync("web-01");
        await using KvpHost host = new(_hyperV);
        KvpGuest guest = OpenGuest(web);
        StreamService streams = new();
        guest.AddService<IStreams>(streams, RpcAccess.Anyone);
        TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        streams.OnWork = async (_, _) =>
        {
            RpcContext context = RpcContext.Current!;
            started.SetResult();
            await Wait.ForCancellation(context.Stopping);
            return "in time";
        };
        KvpVirtualMachine machine = await host.OpenVirtualMachineAsync("web-01", Token);
        IStreams client = machine.CreateClient<IStreams>();
        Task<string> running = client.WorkAsync(null, Token);
        await Wait.For(started.Task);
        await Wait.For(guest.DrainAsync(Token));
        Assert.Equal("in time", await Wait.For(running));
        RpcException refused = await Wait.ForError(client.WorkAsync(null, Token));
        Assert.Equal(StatusCode.Unavailable, refused.StatusCode);
        Assert.True(refused.CertainlyNotRun);
    }

    [Fact]
    public async Task A_host_that_stops_refuses_the_calls_of_all_its_vms_and_opens_no_more()
    {
        EmulatedVirtualMachine web = await BootAsync("web-01");
        await BootAsync("db-01");
        await using KvpHost host = new(_hyperV);
        host.AddService<IEcho>(_ => new Echo(), RpcAccess.Anyone);
        await host.OpenVirtualMachineAsync("web-01", Token);
        IEcho client = OpenGuest(web).CreateClient<IEcho>();
        Assert.Equal("a", await Wait.For(client.EchoAsync("a", Token)));
        await Wait.For(host.DrainAsync(Token));
        RpcException refused = await Wait.ForError(client.EchoAsync("b", Token));
        Assert.Equal(StatusCode.Unavailable, refused.StatusCode);
        Assert.True(refused.CertainlyNotRun);
        await Assert.ThrowsAsync<InvalidOperationException>(
            async () => await host.OpenVirtualMachineAsync("db-01", Token));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (KvpGuest guest in _guests)
            await guest.DisposeAsync();
        await _hyperV.DisposeAsync();
    }

    private async Task<EmulatedVirtualMachine> BootAsync(string name)
    {
        EmulatedVirtualMachine machine = _hyperV.AddVirtualMachine(name, EmulatedGuestKind.Linux);
        await machine.StartAsync(Token);
        return machine;
    }

    private KvpGuest OpenGuest(EmulatedVirtualMachine machine, KvpLinkOptions? links = null)
    {
        KvpGuest guest = new(
            machine.OpenGuestTransport(KvpChannel.KeyPrefix("default")), new() { Links = links ?? new() });
        _guests.Add(guest);
        guest.Start();
        return guest;
    }
}
