using KvpRpc.Emulator.Guests;
using KvpRpc.Transports;
using KvpRpc.Transports.Host;
using Microsoft.Extensions.Time.Testing;

namespace KvpRpc.Emulator.Tests;

/// <summary>What can be read and written in which state of the virtual machine and of its guest.</summary>
public sealed class PowerTests : EmulatorTestBase
{
    [Fact]
    public async Task Host_items_written_while_the_machine_is_off_reach_the_guest_at_boot()
    {
        EmulatedVirtualMachine machine = AddMachine();
        IKvpTransport host = machine.OpenHostTransport("");
        await WriteAsync(host, "a", "1");
        Assert.Equal(("a=1", "", 12), (await ReadOwnAsync(host), await ReadPeerAsync(host), machine.OperationalStatus));

        await machine.StartAsync(Canceled);

        Assert.Equal("a=1", await ReadPeerAsync(machine.OpenGuestTransport("")));
        Assert.Equal((EmulatedPowerState.Running, 3), (machine.State, machine.OperationalStatus));
    }

    [Fact]
    public async Task Both_tables_outlive_the_power()
    {
        EmulatedVirtualMachine machine = await StartMachineAsync();
        IKvpTransport host = machine.OpenHostTransport("");
        await WriteAsync(host, "a", "1");
        await WriteAsync(machine.OpenGuestTransport(""), "b", "2");

        await machine.TurnOffAsync(Canceled);
        Assert.Equal(("a=1", ""), (await ReadOwnAsync(host), await ReadPeerAsync(host)));
        await machine.StartAsync(Canceled);

        IKvpTransport guest = machine.OpenGuestTransport("");
        Assert.Equal(("b=2", "b=2"), (await ReadPeerAsync(host), await ReadOwnAsync(guest)));
        Assert.Equal("a=1", await ReadPeerAsync(guest));
    }

    [Fact]
    public async Task An_item_removed_while_the_machine_is_off_stays_in_the_pool_of_a_linux_guest()
    {
        EmulatedVirtualMachine machine = await StartMachineAsync();
        IKvpTransport host = machine.OpenHostTransport("");
        await WriteAsync(host, "a", "1");
        await using (IKvpTransport guest = machine.OpenGuestTransport(""))
        {
            while (await ReadPeerAsync(guest) != "a=1")
                await guest.WaitForChangeAsync(Canceled);
        }

        await machine.TurnOffAsync(Canceled);
        await WriteAsync(host, "a", null);

        await machine.StartAsync(Canceled);

        Assert.Equal(("", "a=1"), (await ReadOwnAsync(host), await ReadPeerAsync(machine.OpenGuestTransport(""))));
    }

    [Fact]
    public async Task The_programs_of_a_guest_end_with_its_power()
    {
        EmulatedVirtualMachine machine = await StartMachineAsync();
        IKvpTransport guest = machine.OpenGuestTransport("a");
        await ReadPeerAsync(guest);
        Task wait = guest.WaitForChangeAsync(Canceled).AsTask();

        await machine.TurnOffAsync(Canceled);

        await Assert.ThrowsAsync<KvpTransportException>(() => wait);
        Assert.Throws<KvpTransportException>(() => machine.OpenGuestTransport("a"));
        await machine.StartAsync(Canceled);
        await Assert.ThrowsAsync<KvpTransportException>(() => ReadPeerAsync(guest));
        Assert.Equal("", await ReadPeerAsync(machine.OpenGuestTransport("a")));
    }

    [Fact]
    public async Task A_paused_guest_keeps_the_host_waiting_until_the_transaction_times_out()
    {
        FakeTimeProvider time = new();
        EmulatedVirtualMachine machine = await StartMachineAsync(new() { TimeProvider = time });
        IKvpTransport host = machine.OpenHostTransport("");
        await WriteAsync(machine.OpenGuestTransport(""), "a", "1");
        Assert.Equal("a=1", await ReadPeerAsync(host));
        await machine.PauseAsync(Canceled);

        Task<string> read = ReadPeerAsync(host);
        time.Advance(TimeSpan.FromSeconds(29));
        Assert.False(read.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("", await read);
        Assert.Equal(13, machine.OperationalStatus);
    }

    [Fact]
    public async Task A_paused_guest_goes_on_where_it_was()
    {
        EmulatedVirtualMachine machine = await StartMachineAsync();
        IKvpTransport host = machine.OpenHostTransport("");
        IKvpTransport guest = machine.OpenGuestTransport("");
        await machine.PauseAsync(Canceled);
        Task<KvpItemWrite> write = WriteAsync(guest, "a", "1");
        Task<string> read = ReadPeerAsync(host);
        Assert.Equal(KvpWriteOutcome.Landed, (await WriteAsync(host, "b", "2")).Outcome);
        Assert.False(write.IsCompleted || read.IsCompleted);

        await machine.ResumeAsync(Canceled);

        Assert.Equal(KvpWriteOutcome.Landed, (await write).Outcome);
        Assert.Contains(await read, new[] { "", "a=1" });
        Assert.Equal(("a=1", "b=2"), (await ReadPeerAsync(host), await ReadPeerAsync(guest)));
    }

    [Fact]
    public async Task A_saved_machine_is_off_for_the_host_and_its_programs_live_on()
    {
        EmulatedVirtualMachine machine = await StartMachineAsync();
        IKvpTransport host = machine.OpenHostTransport("");
        IKvpTransport guest = machine.OpenGuestTransport("");
        await WriteAsync(guest, "a", "1");
        await machine.SaveAsync(Canceled);
        Assert.Equal(("", 12), (await ReadPeerAsync(host), machine.OperationalStatus));
        await WriteAsync(host, "b", "2");

        await machine.StartAsync(Canceled);

        Assert.Equal(("a=1", "b=2"), (await ReadPeerAsync(host), await ReadPeerAsync(guest)));
    }

    [Fact]
    public async Task Without_data_exchange_writes_work_and_guest_items_read_as_none()
    {
        EmulatedVirtualMachine machine = await StartMachineAsync();
        IKvpTransport host = machine.OpenHostTransport("");
        IKvpTransport guest = machine.OpenGuestTransport("");
        await WriteAsync(guest, "a", "1");
        await machine.SetDataExchangeAsync(false, Canceled);
        Assert.Equal(KvpWriteOutcome.Landed, (await WriteAsync(host, "b", "2")).Outcome);
        Assert.Equal(("b=2", "", ""),
            (await ReadOwnAsync(host), await ReadPeerAsync(host), await ReadPeerAsync(guest)));

        await machine.SetDataExchangeAsync(true, Canceled);

        Assert.Equal(("a=1", "b=2"), (await ReadPeerAsync(host), await ReadPeerAsync(guest)));
    }

    [Fact]
    public async Task Without_the_guests_service_writes_work_and_guest_items_read_as_none()
    {
        EmulatedVirtualMachine machine = await StartMachineAsync();
        IKvpTransport host = machine.OpenHostTransport("");
        IKvpTransport guest = machine.OpenGuestTransport("");
        await WriteAsync(guest, "a", "1");
        await ReadPeerAsync(host);
        await machine.StopGuestServiceAsync(Canceled);
        Assert.Equal(KvpWriteOutcome.Landed, (await WriteAsync(host, "b", "2")).Outcome);
        Assert.Equal(("", ""), (await ReadPeerAsync(host), await ReadPeerAsync(guest)));

        await machine.StartGuestServiceAsync(Canceled);

        Assert.Equal(("a=1", "b=2"), (await ReadPeerAsync(host), await ReadPeerAsync(guest)));
    }

    [Fact]
    public async Task What_is_not_allowed_in_a_state_says_so()
    {
        EmulatedVirtualMachine machine = AddMachine();

        await Assert.ThrowsAsync<InvalidOperationException>(() => machine.PauseAsync(Canceled));
        await Assert.ThrowsAsync<InvalidOperationException>(() => machine.ResumeAsync(Canceled));
        await Assert.ThrowsAsync<InvalidOperationException>(() => machine.SaveAsync(Canceled));
        await Assert.ThrowsAsync<InvalidOperationException>(() => machine.StartGuestServiceAsync(Canceled));
        await machine.TurnOffAsync(Canceled);
        await machine.StartAsync(Canceled);
        await Assert.ThrowsAsync<InvalidOperationException>(() => machine.StartAsync(Canceled));
    }

    [Theory]
    [InlineData(true, "a=1")]
    [InlineData(false, "a=2")]
    public async Task A_checkpoint_takes_the_tables_back(bool withHostItems, string hostItems)
    {
        EmulatedVirtualMachine machine = await StartMachineAsync();
        IKvpTransport host = machine.OpenHostTransport("");
        await WriteAsync(host, "a", "1");
        await WriteAsync(machine.OpenGuestTransport("then"), "then", "1");
        EmulatedCheckpoint checkpoint = await machine.CreateCheckpointAsync(Canceled);
        await WriteAsync(host, "a", "2");
        await WriteAsync(machine.OpenGuestTransport("now"), "now", "2");

        await machine.ApplyCheckpointAsync(checkpoint, withHostItems, Canceled);

        Assert.Equal((EmulatedPowerState.Off, hostItems), (machine.State, await ReadOwnAsync(host)));
        await machine.StartAsync(Canceled);
        Assert.Equal("then=1", await ReadPeerAsync(host));
        Assert.Equal(hostItems, await ReadPeerAsync(machine.OpenGuestTransport("")));
    }

    [Fact]
    public async Task A_clone_starts_with_a_copy_of_both_tables_and_an_id_of_its_own()
    {
        EmulatedVirtualMachine machine = await StartMachineAsync();
        await WriteAsync(machine.OpenHostTransport(""), "a", "1");
        await WriteAsync(machine.OpenGuestTransport(""), "b", "2");

        EmulatedVirtualMachine clone = await HyperV.CloneVirtualMachineAsync(machine, "web-02", Canceled);
        await clone.StartAsync(Canceled);
        await WriteAsync(machine.OpenHostTransport("2"), "a", "changed");

        Assert.NotEqual(machine.Id, clone.Id);
        Assert.Equal("b=2", await ReadPeerAsync(clone.OpenHostTransport("")));
        Assert.Equal("a=1", await ReadPeerAsync(clone.OpenGuestTransport("")));
    }

    [Fact]
    public async Task The_guest_learns_facts_about_its_host_and_the_host_about_its_guest()
    {
        EmulatedVirtualMachine machine = await StartMachineAsync(new() { HostName = "HV-7" });
        List<string> facts = [];

        await machine.KvpService.ReadGuestItemsAsync(
            KvpPool.AutoExternal, item => facts.Add($"{item.Key}={item.Value}"), Canceled);
        await machine.KvpService.ReadGuestItemsAsync(KvpPool.Auto, item => facts.Add(item.Key), Canceled);

        Assert.Contains("PhysicalHostName=HV-7", facts);
        Assert.Contains("VirtualMachineName=web-01", facts);
        Assert.Contains($"VirtualMachineId={machine.Id.ToString().ToUpperInvariant()}", facts);
        Assert.Contains("FullyQualifiedDomainName", facts);
        Assert.Equal("", await ReadPeerAsync(machine.OpenGuestTransport("")));
    }

    [Fact]
    public async Task Traffic_is_counted()
    {
        EmulatedVirtualMachine machine = await StartMachineAsync();
        IKvpTransport host = machine.OpenHostTransport("");
        IKvpTransport guest = machine.OpenGuestTransport("");
        await WriteAsync(host, "a", "\u00E91");
        await WriteAsync(guest, "bb", "2");
        await ReadPeerAsync(host);
        await ReadPeerAsync(guest);

        EmulatedMediumCounters counters = machine.Counters;

        Assert.Equal(
            new EmulatedMediumCounters
            {
                HostWrites = 1,
                HostWriteCalls = 1,
                HostItemsWritten = 1,
                HostBytesWritten = 4,
                HostReadsBack = 1,
                HostPolls = 1,
                GuestItemsRead = 1,
                GuestBytesRead = 3,
                GuestWrites = 1,
                GuestItemsWritten = 1,
                GuestBytesWritten = 3,
                GuestReads = 1,
                Transactions = 11 + 1 + 2,
            },
            counters);
    }

    [Fact]
    public async Task Host_items_added_by_any_program_reach_the_guest_in_order()
    {
        EmulatedVirtualMachine machine = await StartMachineAsync();

        await CallAsync(machine, HostMethod.Add, ("c", "1"), ("a", "1"), ("b", "1"));
        await CallAsync(machine, HostMethod.Remove, "a", "");
        await CallAsync(machine, HostMethod.Add, "a", "2");

        Assert.Equal("c=1 b=1 a=2", await ReadPeerAsync(machine.OpenGuestTransport("")));
    }
}
