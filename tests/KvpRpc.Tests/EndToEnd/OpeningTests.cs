using KvpRpc.Guest;
using KvpRpc.Host;
using KvpRpc.Tests.Driver;
using KvpRpc.Transports;

namespace KvpRpc.Tests.EndToEnd;

/// <summary>Hosts and guests that fail, or are closed, while they open: the tables do not stay taken.</summary>
public sealed class OpeningTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_vm_whose_service_could_not_be_made_is_let_go_and_can_be_opened_again()
    {
        using Hypervisor hypervisor = new();
        await using KvpHost host = new(hypervisor);
        bool fails = true;
        host.AddService<IEcho>(
            _ => fails ? throw new InvalidOperationException("no service") : new Echo(), RpcAccess.Anyone);
        await Assert.ThrowsAsync<InvalidOperationException>(
            async () => await host.OpenVirtualMachineAsync("vm", Token));
        await hypervisor.Opened[0].Disposed.Task.WaitAsync(Bound, Token);
        fails = false;
        KvpVirtualMachine machine = await host.OpenVirtualMachineAsync("vm", Token);
        Assert.Equal("vm", machine.Name);
    }

    [Fact]
    public async Task A_vm_that_was_closed_is_opened_anew()
    {
        using Hypervisor hypervisor = new();
        await using KvpHost host = new(hypervisor);
        KvpVirtualMachine first = await host.OpenVirtualMachineAsync("vm", Token);
        await first.DisposeAsync();
        KvpVirtualMachine second = await host.OpenVirtualMachineAsync("vm", Token);
        await first.DisposeAsync();
        Assert.NotSame(first, second);
        Assert.Same(second, await host.OpenVirtualMachineAsync("vm", Token));
    }

    [Fact]
    public async Task A_host_that_is_closed_while_a_vm_opens_closes_that_vm_too()
    {
        using Hypervisor hypervisor = new();
        TaskCompletionSource listing = new();
        hypervisor.Listing = listing.Task;
        KvpHost host = new(hypervisor);
        Task<KvpVirtualMachine> opening = host.OpenVirtualMachineAsync("vm", Token).AsTask();
        await host.DisposeAsync();
        listing.SetResult();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => opening.WaitAsync(Bound, Token));
        await Assert.Single(hypervisor.Opened).Disposed.Task.WaitAsync(Bound, Token);
    }

    [Fact]
    public async Task A_guest_with_wrong_options_leaves_its_transport_alone()
    {
        await using ScriptedTransport transport = new();
        Assert.Throws<ArgumentOutOfRangeException>(
            () => new KvpGuest(transport, new() { Calls = new() { MaxConcurrentCalls = 0 } }));
        Assert.False(transport.IsInUse);
    }

    private sealed class Hypervisor : IKvpHypervisor, IDisposable
    {
        internal Task Listing { get; set; } = Task.CompletedTask;

        internal List<ScriptedTransport> Opened { get; } = [];

        public async ValueTask<IReadOnlyList<KvpVirtualMachineInfo>> ListVirtualMachinesAsync(
            CancellationToken cancellationToken)
        {
            await Listing;
            return [new(Guid.Empty, "vm")];
        }

        public IKvpTransport OpenTransport(Guid id, string keyPrefix)
        {
            ScriptedTransport transport = new();
            Opened.Add(transport);
            return transport;
        }

        public void Dispose() => Opened.Clear();
    }
}
