using KvpRpc.Emulator.Host;
using KvpRpc.Transports;
using KvpRpc.Transports.Host;
using Microsoft.Extensions.Time.Testing;

namespace KvpRpc.Emulator.Tests.Host;

/// <summary>Jobs and costs, on a clock that the test moves.</summary>
public sealed class HostTimeTests : EmulatorTestBase
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task A_job_does_its_work_when_it_ends_and_then_has_the_error_code()
    {
        EmulatedVirtualMachine machine = AddMachine(
            new() { TimeProvider = _time, JobDuration = TimeSpan.FromSeconds(2) });

        EmulatedMethodResult good = await machine.KvpService.CallAsync(HostMethod.Add, [new("a", "1")], Canceled);
        EmulatedMethodResult bad = await machine.KvpService.CallAsync(HostMethod.Modify, [new("b", "1")], Canceled);

        Assert.Equal((4096u, 4096u), (good.ReturnValue.Value, bad.ReturnValue.Value));
        _time.Advance(TimeSpan.FromSeconds(1.9));
        Assert.False(good.Job!.HasEnded);
        Assert.Equal("", await ReadOwnAsync(machine.OpenHostTransport("1")));
        _time.Advance(TimeSpan.FromSeconds(0.2));
        Assert.Equal(0u, (await good.Job.WaitAsync(Canceled)).Value);
        Assert.Equal(32773u, (await bad.Job!.WaitAsync(Canceled)).Value);
        Assert.Equal("a=1", await ReadOwnAsync(machine.OpenHostTransport("2")));
    }

    [Fact]
    public async Task A_write_waits_for_its_job()
    {
        EmulatedVirtualMachine machine = AddMachine(
            new() { TimeProvider = _time, JobDuration = TimeSpan.FromSeconds(2) });
        IKvpTransport transport = machine.OpenHostTransport("");

        Task<KvpItemWrite> write = WriteAsync(transport, "a", "1");
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(write.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(KvpWriteOutcome.Landed, (await write).Outcome);
    }

    [Fact]
    public async Task A_write_that_is_given_up_is_in_doubt_and_its_job_goes_on()
    {
        EmulatedVirtualMachine machine = AddMachine(
            new() { TimeProvider = _time, JobDuration = TimeSpan.FromSeconds(2) });
        IKvpTransport transport = machine.OpenHostTransport("");
        KvpItemWrite write = new("a") { Value = "1".AsMemory() };
        using CancellationTokenSource source = new();
        Task writing = transport.WriteAsync([write], source.Token).AsTask();

        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing);
        Assert.Equal(KvpWriteOutcome.InDoubt, write.Outcome);
        Assert.Equal("", await ReadOwnAsync(transport));

        // The job ends while the next write is under way, which has read that there is no such item.
        Task<KvpItemWrite> next = WriteAsync(transport, "a", "2");
        await AdvanceUntilAsync(next);
        Assert.Equal(KvpWriteOutcome.Landed, (await next).Outcome);
        Assert.Equal("a=2", await ReadOwnAsync(transport));
    }

    [Fact]
    public async Task Calls_and_items_take_the_time_that_the_costs_say()
    {
        EmulatedVirtualMachine machine = await StartMachineAsync(new()
        {
            TimeProvider = _time,
            Costs = new()
            {
                HostWriteCall = TimeSpan.FromMilliseconds(20),
                HostWriteItem = TimeSpan.FromMilliseconds(1),
                HostReadCall = TimeSpan.FromMilliseconds(10),
                HostReadItem = TimeSpan.FromMilliseconds(2),
            },
        });
        IKvpTransport guest = machine.OpenGuestTransport("");
        foreach (string key in new[] { "x", "y", "z" }) await WriteAsync(guest, key, "1");
        IKvpTransport host = machine.OpenHostTransport("");

        // A first write reads back what exists: 10 ms, then 20 + 1 ms.
        Assert.Equal(31, await MeasureAsync(() => WriteAsync(host, "a", "1")));
        Assert.Equal(21, await MeasureAsync(() => WriteAsync(host, "a", "2")));
        Assert.Equal(16, await MeasureAsync(() => ReadPeerAsync(host)));
        Assert.Equal(10, await MeasureAsync(() => ReadOwnAsync(host)));
        Assert.Equal(0, await MeasureAsync(() => ReadPeerAsync(guest)));
    }

    private async Task<int> MeasureAsync(Func<Task> operation)
    {
        Task task = operation();
        int milliseconds = 0;
        for (; !await EndsAsync(task); milliseconds++) _time.Advance(TimeSpan.FromMilliseconds(1));
        await task;
        return milliseconds;
    }

    private async Task AdvanceUntilAsync(Task task)
    {
        while (!await EndsAsync(task)) _time.Advance(TimeSpan.FromMilliseconds(100));
    }

    // Continuations of the delay that has just ended run on the pool: let them go as far as they go.
    private static async Task<bool> EndsAsync(Task task)
    {
        for (int round = 0; round < 50 && !task.IsCompleted; round++) await Task.Yield();
        return task.IsCompleted;
    }
}
