using KvpRpc.Transports;
using Microsoft.Extensions.Time.Testing;

namespace KvpRpc.Emulator.Tests;

public sealed class FaultInjectingTransportTests : EmulatorTestBase
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Without_faults_all_is_as_if_it_were_not_there()
    {
        FaultInjectingTransport transport = await OpenAsync(EmulatedFaults.None);

        Assert.Equal(KvpWriteOutcome.Landed, (await WriteAsync(transport, "a", "1")).Outcome);

        Assert.Equal("a=1", await ReadOwnAsync(transport));
        Assert.Equal((254, false), (transport.Limits.MaxKeyUnits, transport.CanWaitForChange));
    }

    [Fact]
    public async Task A_failed_write_writes_nothing_and_a_failed_read_shows_a_part()
    {
        FaultInjectingTransport transport = await OpenAsync(EmulatedFaults.None);
        await WriteAsync(transport, "a", "1");

        transport.Faults = new() { WriteFails = 1, ReadFails = 1 };

        await Assert.ThrowsAsync<KvpTransportException>(() => WriteAsync(transport, "a", "2"));
        await Assert.ThrowsAsync<KvpTransportException>(() => ReadOwnAsync(transport));
        transport.Faults = EmulatedFaults.None;
        Assert.Equal("a=1", await ReadOwnAsync(transport));
    }

    [Fact]
    public async Task A_refused_item_does_not_land_and_a_lost_one_is_in_doubt()
    {
        FaultInjectingTransport transport = await OpenAsync(new() { ItemRefused = 1 });
        Assert.Equal(KvpWriteOutcome.Refused, (await WriteAsync(transport, "a", "1")).Outcome);

        transport.Faults = new() { ItemLost = 1 };

        Assert.Equal(KvpWriteOutcome.InDoubt, (await WriteAsync(transport, "b", "1")).Outcome);
        Assert.Equal("", await ReadOwnAsync(transport));
    }

    [Fact]
    public async Task A_batch_lands_in_part()
    {
        FaultInjectingTransport transport = await OpenAsync(new() { ItemRefused = 0.5 });
        KvpItemWrite[] batch =
            [.. Enumerable.Range(0, 100).Select(n => new KvpItemWrite($"{n}") { Value = "1".AsMemory() })];

        await transport.WriteAsync(batch, Canceled);

        int landed = batch.Count(write => write.Outcome is KvpWriteOutcome.Landed);
        Assert.InRange(landed, 25, 75);
        Assert.Equal(landed, (await ReadOwnAsync(transport)).Split(' ').Length);
    }

    [Fact]
    public async Task An_item_that_lands_late_covers_a_newer_one()
    {
        FaultInjectingTransport transport =
            await OpenAsync(new() { ItemLandsLate = 1, LateBy = TimeSpan.FromSeconds(5) });
        KvpItemWrite late = await WriteAsync(transport, "a", "old");
        transport.Faults = EmulatedFaults.None;
        await WriteAsync(transport, "a", "new");
        Assert.Equal((KvpWriteOutcome.InDoubt, "a=new"), (late.Outcome, await ReadOwnAsync(transport)));

        _time.Advance(TimeSpan.FromSeconds(5));

        while (await ReadOwnAsync(transport) != "a=old") await Task.Yield();
    }

    [Fact]
    public async Task An_item_lands_and_is_reported_in_doubt()
    {
        FaultInjectingTransport transport = await OpenAsync(new() { ItemLandsUnnoticed = 1 });

        Assert.Equal(KvpWriteOutcome.InDoubt, (await WriteAsync(transport, "a", "1")).Outcome);

        Assert.Equal("a=1", await ReadOwnAsync(transport));
    }

    [Fact]
    public async Task Operations_are_held_on_the_clock_of_the_test()
    {
        FaultInjectingTransport transport = await OpenAsync(new() { HeldBy = TimeSpan.FromSeconds(10) });

        Task<KvpItemWrite> write = WriteAsync(transport, "a", "1");
        Assert.False(write.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(KvpWriteOutcome.Landed, (await write).Outcome);
    }

    [Fact]
    public async Task A_cut_medium_fails_until_it_is_mended()
    {
        FaultInjectingTransport transport = await OpenAsync(EmulatedFaults.None);
        transport.Cut();
        await Assert.ThrowsAsync<KvpTransportException>(() => ReadPeerAsync(transport));
        await Assert.ThrowsAsync<KvpTransportException>(() => WriteAsync(transport, "a", "1"));

        transport.Mend();

        Assert.Equal(KvpWriteOutcome.Landed, (await WriteAsync(transport, "a", "1")).Outcome);
    }

    [Fact]
    public async Task A_torn_item_is_of_the_same_length_and_another_text_and_whole_in_the_next_read()
    {
        FaultInjectingTransport transport = await OpenAsync(EmulatedFaults.None);
        await WriteAsync(transport, "a", "12345678");

        transport.Faults = new() { ItemTorn = 1 };

        Assert.Equal("a=12348765", await ReadOwnAsync(transport));
        transport.Faults = EmulatedFaults.None;
        Assert.Equal("a=12345678", await ReadOwnAsync(transport));
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_faults()
    {
        Assert.Equal(await TraceAsync(), await TraceAsync());

        async Task<string> TraceAsync()
        {
            await using FaultInjectingTransport transport =
                await OpenAsync(new() { ItemRefused = 0.3, ItemLost = 0.3, ItemHidden = 0.3 });
            List<string> trace = [];
            for (int n = 0; n < 50; n++)
            {
                trace.Add($"{(await WriteAsync(transport, $"{n}", "1")).Outcome}");
                trace.Add(await ReadOwnAsync(transport));
            }

            return string.Join('|', trace);
        }
    }

    private async Task<FaultInjectingTransport> OpenAsync(EmulatedFaults faults)
    {
        EmulatedVirtualMachine machine = await StartMachineAsync();
        return new FaultInjectingTransport(machine.OpenHostTransport(""), seed: 7, _time) { Faults = faults };
    }
}
