using KvpRpc.Cli.Demo.Contracts;
using KvpRpc.Cli.Demo.Reports;

namespace KvpRpc.Cli.Demo.Steps;

/// <summary>The host asks each guest for the facts of the machine it runs on, and one of them again and
/// again.</summary>
internal sealed class HostCallsGuestStep : IDemoStep
{
    private const int Repeats = 20;

    public string Name => "host-calls-guest";

    public string Title => "The host calls a guest";

    public string Expected => "each guest describes the machine and the process that it runs in";

    public async Task RunAsync(DemoScene scene, StepLog log, CancellationToken cancellationToken)
    {
        log.Ask("host → guest: IGuestMachine.DescribeAsync()");
        foreach (DemoMachine machine in scene.Machines)
        {
            MachineFacts facts = await machine.CreateClient().DescribeAsync(cancellationToken);
            log.Answer($"{machine.Name}: {facts.OperatingSystem}, kernel {facts.Kernel}, named {facts.ComputerName}");
            log.Answer($"{machine.Name}: process {facts.ProcessId}, {Text.Count(facts.ProcessorCount, "processor")}, "
                + $"{Text.OfBytes(facts.MemoryBytes)} of memory, up {Text.OfLong(facts.Uptime)}, {facts.Runtime}");
            StepLog.Check(facts.ProcessId == machine.Program!.Id,
                $"{machine.Name} answered from process {facts.ProcessId}, which is not its own");
            StepLog.Check(facts is { ProcessorCount: > 0, MemoryBytes: > 0, ComputerName.Length: > 0 }, $"{facts}");
        }

        await RepeatAsync(scene, log, cancellationToken);
    }

    private static async Task RepeatAsync(DemoScene scene, StepLog log, CancellationToken cancellationToken)
    {
        IGuestMachine guest = scene.Web.CreateClient();
        List<TimeSpan> times = [];
        Cost before = scene.Web.Cost;
        for (int i = 0; i < Repeats; i++)
        {
            long start = scene.Time.GetTimestamp();
            await guest.DescribeAsync(cancellationToken);
            times.Add(scene.Time.GetElapsedTime(start));
        }

        Cost cost = scene.Web.Cost - before;
        times.Sort();
        TimeSpan median = times[Repeats / 2];
        double hostWrites = (double)cost.HostWrites / Repeats;
        double guestWrites = (double)cost.GuestWrites / Repeats;
        log.Answer($"{scene.Web.Name}, {Repeats} times more: {Text.Of(median)} a call (median), "
            + $"{Text.Of(hostWrites)} host + {Text.Of(guestWrites)} guest writes a call");
        log.Measure("medianCallMilliseconds", median.TotalMilliseconds);
        log.Measure("hostWritesPerCall", hostWrites);
        log.Measure("guestWritesPerCall", guestWrites);
    }
}
