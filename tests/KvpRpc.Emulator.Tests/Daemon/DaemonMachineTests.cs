using KvpRpc.Conformance;
using KvpRpc.Emulator.Daemon;
using KvpRpc.Emulator.Guests;
using KvpRpc.Transports;

namespace KvpRpc.Emulator.Tests.Daemon;

public sealed class DaemonMachineTests : DaemonTestBase
{
    private static readonly string[] Written = ["App.first", "App.second"];

    [Fact]
    public async Task Host_items_get_into_the_pool_of_the_guest_and_again_at_every_boot()
    {
        SkipUnlessAvailable();
        await using EmulatedHyperV hyperV = new();
        EmulatedVirtualMachine machine = hyperV.AddVirtualMachine("guest", EmulatedGuestKind.LinuxDaemon);
        await using IKvpTransport host = machine.OpenHostTransport("App.");
        await WriteAsync(host, "1");
        await machine.StartAsync(Token);
        WaitUntil(() => Holds(machine, "1"), "the items written while the machine was off are there");
        await WriteAsync(host, "2");
        WaitUntil(() => Holds(machine, "2"), "the items written while the machine runs are there");

        await machine.TurnOffAsync(Token);
        await WriteAsync(host, "3");
        Assert.True(Holds(machine, "2"));
        await machine.StartAsync(Token);
        WaitUntil(() => Holds(machine, "3"), "the items written between two boots are there");
    }

    [Fact]
    public async Task The_host_reads_what_the_guest_has_in_its_pool_file()
    {
        SkipUnlessAvailable();
        await using EmulatedHyperV hyperV = new();
        EmulatedVirtualMachine machine = hyperV.AddVirtualMachine("guest", EmulatedGuestKind.LinuxDaemon);
        await machine.StartAsync(Token);
        await using IKvpTransport host = machine.OpenHostTransport("App.");
        PoolFile.Write(machine.PoolFolder!, KvpPool.Guest, [new("one", "1"), new("two", "zwei €😀")]);
        var items = new ItemCollector();
        await host.ReadPeerTableAsync(items, Token);
        Assert.Equal(2, items.Items.Count);
        Assert.Equal("zwei €😀", items.Items["two"]);
    }

    [Fact]
    public async Task The_host_loses_contact_with_a_killed_daemon_and_finds_a_new_one()
    {
        SkipUnlessAvailable();
        await using EmulatedHyperV hyperV = new();
        EmulatedVirtualMachine machine = hyperV.AddVirtualMachine("guest", EmulatedGuestKind.LinuxDaemon);
        Assert.Equal(12, machine.OperationalStatus);
        await machine.StartAsync(Token);
        Assert.Equal(3, machine.OperationalStatus);
        await machine.StopGuestServiceAsync(Token);
        Assert.Equal(13, machine.OperationalStatus);
        await using IKvpTransport host = machine.OpenHostTransport("App.");
        await WriteAsync(host, "late");
        await machine.StartGuestServiceAsync(Token);
        WaitUntil(() => Holds(machine, "late"), "what was written meanwhile is there");
        Assert.Equal(3, machine.OperationalStatus);
    }

    [Fact]
    public async Task A_clone_starts_with_a_copy_of_the_pools()
    {
        SkipUnlessAvailable();
        await using EmulatedHyperV hyperV = new();
        EmulatedVirtualMachine machine = hyperV.AddVirtualMachine("guest", EmulatedGuestKind.LinuxDaemon);
        await machine.StartAsync(Token);
        PoolFile.Write(machine.PoolFolder!, KvpPool.Guest, [new("one", "1")]);
        EmulatedVirtualMachine clone = await hyperV.CloneVirtualMachineAsync(machine, "clone", Token);
        await clone.StartAsync(Token);
        Assert.NotEqual(machine.PoolFolder, clone.PoolFolder);
        Assert.Equal([new("one", "1")], PoolFile.Read(clone.PoolFolder!, KvpPool.Guest));
    }

    [Fact]
    public async Task What_is_missing_on_this_machine_is_said()
    {
        Assert.Null(EmulatedHyperV.WhyUnavailable(EmulatedGuestKind.Linux));
        string? reason = EmulatedHyperV.WhyUnavailable(EmulatedGuestKind.LinuxDaemon);
        await using EmulatedHyperV hyperV = new();
        if (reason is null)
        {
            Assert.Equal("guest", hyperV.AddVirtualMachine("guest", EmulatedGuestKind.LinuxDaemon).Name);
            return;
        }

        PlatformNotSupportedException exception = Assert.Throws<PlatformNotSupportedException>(
            () => hyperV.AddVirtualMachine("guest", EmulatedGuestKind.LinuxDaemon));
        Assert.Equal(reason, exception.Message);
    }

    private static async Task WriteAsync(IKvpTransport host, string value)
    {
        KvpItemWrite[] batch = [.. Written.Select(key => new KvpItemWrite(key) { Value = value.AsMemory() })];
        await host.WriteAsync(batch, Token);
        Assert.All(batch, item => Assert.Equal(KvpWriteOutcome.Landed, item.Outcome));
    }

    private static bool Holds(EmulatedVirtualMachine machine, string value)
    {
        KvpRecord[] expected = [.. Written.Select(key => new KvpRecord(key, value))];
        return PoolFile.Read(machine.PoolFolder!, KvpPool.External).SequenceEqual(expected);
    }
}
