using KvpRpc.Emulator.Host;
using KvpRpc.Transports;
using KvpRpc.Transports.Host;

namespace KvpRpc.Emulator.Tests.Host;

/// <summary>Which calls a batch becomes, and which outcome each answer becomes.</summary>
public sealed class HostTableWriterTests : EmulatorTestBase
{
    private readonly List<string> _calls = [];

    public static TheoryData<uint, KvpWriteOutcome> Codes => new()
    {
        { 4096, KvpWriteOutcome.InDoubt },
        { 32768, KvpWriteOutcome.Refused },
        { 32769, KvpWriteOutcome.Refused },
        { 32770, KvpWriteOutcome.Refused },
        { 32771, KvpWriteOutcome.InDoubt },
        { 32772, KvpWriteOutcome.InDoubt },
        { 32773, KvpWriteOutcome.Refused },
        { 32774, KvpWriteOutcome.Refused },
        { 32775, KvpWriteOutcome.Refused },
        { 32776, KvpWriteOutcome.Refused },
        { 32777, KvpWriteOutcome.Refused },
        { 32778, KvpWriteOutcome.Refused },
        { 32779, KvpWriteOutcome.Refused },
        { 5, KvpWriteOutcome.InDoubt },
    };

    [Theory]
    [MemberData(nameof(Codes))]
    public async Task A_code_becomes_an_outcome_and_a_text(uint code, KvpWriteOutcome outcome)
    {
        EmulatedVirtualMachine machine = Watch(AddMachine());
        machine.KvpService.Fault = (_, _) => new EmulatedCallFault(new HostReturnCode(code));

        KvpItemWrite write = await WriteAsync(machine.OpenHostTransport(""), "a", "1");

        Assert.Equal(outcome, write.Outcome);
        Assert.Contains($"{code}: ", write.Error, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Codes))]
    public async Task An_item_that_landed_has_landed_whatever_the_code(uint code, KvpWriteOutcome _)
    {
        EmulatedVirtualMachine machine = AddMachine();
        machine.KvpService.Fault = (_, _) => new EmulatedCallFault(new HostReturnCode(code), LandedItems: 1);

        KvpItemWrite write = await WriteAsync(machine.OpenHostTransport(""), "a", "1");

        Assert.Equal((KvpWriteOutcome.Landed, null), (write.Outcome, write.Error));
    }

    [Fact]
    public async Task A_batch_becomes_one_call_for_each_method()
    {
        EmulatedVirtualMachine machine = AddMachine();
        await CallAsync(machine, HostMethod.Add, ("a", "1"), ("b", "1"), ("c", "1"));
        IKvpTransport transport = Watch(machine).OpenHostTransport("");

        await WriteAllAsync(transport, ("d", "2"), ("a", "2"), ("c", null), ("e", "2"), ("b", "2"), ("f", null));

        Assert.Equal(["Add d e", "Modify a b", "Remove c"], _calls);
    }

    [Fact]
    public async Task A_steady_write_is_one_call_and_reads_nothing_back()
    {
        EmulatedVirtualMachine machine = AddMachine();
        IKvpTransport transport = machine.OpenHostTransport("");
        await WriteAsync(transport, "a", "1");
        EmulatedMediumCounters before = machine.Counters;

        await WriteAllAsync(transport, ("a", "2"));

        EmulatedMediumCounters after = machine.Counters;
        Assert.Equal((1, 1, 1, 0), (after.HostWrites - before.HostWrites, after.HostWriteCalls - before.HostWriteCalls,
            after.HostItemsWritten - before.HostItemsWritten, after.HostReadsBack - before.HostReadsBack));
        Assert.Equal(2, after.HostBytesWritten - before.HostBytesWritten);
    }

    [Theory]
    [InlineData(EmulatedBatchFailure.NothingLands)]
    [InlineData(EmulatedBatchFailure.EarlierItemsLand)]
    [InlineData(EmulatedBatchFailure.OtherItemsLand)]
    public async Task What_others_did_to_the_own_items_is_learnt_and_the_batch_lands(EmulatedBatchFailure failure)
    {
        EmulatedVirtualMachine machine = AddMachine(new() { BatchFailure = failure });
        IKvpTransport transport = machine.OpenHostTransport("");
        await WriteAllAsync(transport, ("a", "1"), ("b", "1"), ("c", "1"));
        await CallAsync(machine, HostMethod.Remove, "b", "");
        await CallAsync(machine, HostMethod.Add, "d", "other");

        await WriteAllAsync(transport, ("a", "2"), ("b", "2"), ("c", null), ("d", "2"), ("e", "2"));

        Assert.Equal("a=2 d=2 b=2 e=2".Split(' ').Order(), (await ReadOwnAsync(transport)).Split(' ').Order());
    }

    [Theory]
    [InlineData(EmulatedRemove.Works, "Remove a", "Remove b", "c=1")]
    [InlineData(EmulatedRemove.Fails, "Remove a|Modify a", "Modify b", "a= b= c=1")]
    [InlineData(EmulatedRemove.DoesNothing, "Remove a|Modify a", "Modify b", "a= b= c=1")]
    public async Task A_delete_tries_remove_once_and_then_knows(
        EmulatedRemove remove, string firstCalls, string secondCalls, string left)
    {
        EmulatedVirtualMachine machine = AddMachine(new() { Remove = remove });
        IKvpTransport transport = machine.OpenHostTransport("");
        await WriteAllAsync(transport, ("a", "1"), ("b", "1"), ("c", "1"));
        Watch(machine);

        await WriteAllAsync(transport, ("a", null));
        Assert.Equal(firstCalls, string.Join('|', _calls));
        _calls.Clear();
        await WriteAllAsync(transport, ("b", null));

        Assert.Equal(secondCalls, string.Join('|', _calls));
        Assert.Equal(left, await ReadOwnAsync(transport));
    }

    [Fact]
    public async Task A_table_that_is_full_refuses_new_items_and_takes_changes()
    {
        EmulatedVirtualMachine machine = AddMachine(new() { MaxHostItems = 1 });
        IKvpTransport transport = machine.OpenHostTransport("");
        await WriteAllAsync(transport, ("a", "1"));
        KvpItemWrite[] batch = [new("b") { Value = "2".AsMemory() }, new("a") { Value = "2".AsMemory() }];

        await transport.WriteAsync(batch, Canceled);

        Assert.Equal([KvpWriteOutcome.Refused, KvpWriteOutcome.Landed], batch.Select(write => write.Outcome));
        Assert.Equal("a=2", await ReadOwnAsync(transport));
    }

    [Fact]
    public async Task A_write_that_lands_after_a_timeout_is_in_doubt_and_later_found()
    {
        EmulatedVirtualMachine machine = AddMachine();
        TaskCompletionSource landing = new();
        machine.KvpService.Fault = (_, _) => new EmulatedCallFault(HostReturnCode.Timeout, 1, landing.Task);
        IKvpTransport transport = machine.OpenHostTransport("");
        Assert.Equal(KvpWriteOutcome.InDoubt, (await WriteAsync(transport, "a", "1")).Outcome);
        machine.KvpService.Fault = null;
        Watch(machine);

        landing.SetResult();
        while (await ReadOwnAsync(transport) != "a=1") await Task.Yield();
        await WriteAllAsync(transport, ("a", "2"));

        Assert.Equal(["Modify a"], _calls);
    }

    [Fact]
    public async Task A_deleted_machine_is_not_found()
    {
        EmulatedVirtualMachine machine = AddMachine();
        IKvpTransport transport = machine.OpenHostTransport("");
        await HyperV.DeleteVirtualMachineAsync(machine);

        KvpTransportException exception =
            await Assert.ThrowsAsync<KvpTransportException>(() => WriteAsync(transport, "a", "1"));

        Assert.Equal(KvpTransportError.NotFound, exception.Error);
        Assert.Empty(HyperV.VirtualMachines);
    }

    [Fact]
    public async Task A_prefix_has_one_owner_on_each_side()
    {
        EmulatedVirtualMachine machine = AddMachine();
        IKvpTransport first = machine.OpenHostTransport("a");

        KvpTransportException exception = Assert.Throws<KvpTransportException>(() => machine.OpenHostTransport("a"));

        Assert.Equal(KvpTransportError.ChannelInUse, exception.Error);
        await first.DisposeAsync();
        Assert.NotNull(machine.OpenHostTransport("a"));
    }

    private EmulatedVirtualMachine Watch(EmulatedVirtualMachine machine)
    {
        machine.KvpService.Fault = (method, items) =>
        {
            _calls.Add($"{method} {string.Join(' ', items.Select(item => item.Name))}");
            return null;
        };
        return machine;
    }

    private static async Task WriteAllAsync(IKvpTransport transport, params (string Key, string? Value)[] items)
    {
        KvpItemWrite[] batch =
            [.. items.Select(item =>
                new KvpItemWrite(item.Key) { Value = item.Value.AsMemory(), IsDelete = item.Value is null })];
        await transport.WriteAsync(batch, Canceled);
        Assert.All(batch, write => Assert.Equal((KvpWriteOutcome.Landed, null), (write.Outcome, write.Error)));
    }
}
