using System.Reflection;
using KvpRpc.Cli.Demo.Reports;
using KvpRpc.Cli.Demo.Steps;

namespace KvpRpc.Cli.Demo;

/// <summary>Plays the steps of the demo and shows what comes.</summary>
internal static class DemoRunner
{
    private static readonly TimeSpan StepTime = TimeSpan.FromSeconds(60);

    private static readonly IDemoStep[] Steps =
    [
        new GuestsStartStep(),
        new HostCallsGuestStep(),
        new GuestCallsHostStep(),
        new EightCallsStep(),
        new MebibyteStep(),
        new DeadlineStep(),
        new ErrorStep(),
        new KilledGuestStep(),
    ];

    private static string Version =>
        typeof(DemoRunner).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    internal static async Task<int> RunAsync(
        string? askedKind, DemoFiles files, IDemoView view, TimeProvider time, CancellationToken cancellationToken)
    {
        GuestKindChoice choice = GuestKindChoice.Make(askedKind);
        DemoReport report = new()
        {
            Ok = false,
            Version = Version,
            Guest = choice.Name,
            GuestReason = choice.Reason,
            Milliseconds = 0,
            Steps = [],
            Machines = [],
        };
        if (choice.Kind is not { } kind)
        {
            view.End(report with { Error = choice.Reason });
            return ExitCodes.Usage;
        }

        view.Begin(choice, Version);
        long start = time.GetTimestamp();
        await using (DemoScene scene = new(kind, files, time))
        {
            List<StepReport> steps = await PlayAsync(scene, view, cancellationToken);
            report = report with
            {
                Ok = steps.Count == Steps.Length && steps.TrueForAll(step => step.Ok),
                Steps = steps,
                Machines =
                [
                    .. scene.Machines.Select(machine => new MachineReport(
                        machine.Name, machine.Id, machine.ProcessIds, machine.Cost)),
                ],
            };
        }

        view.End(report with { Milliseconds = Milliseconds(time, start) });
        return report.Ok ? ExitCodes.Success : ExitCodes.Failed;
    }

    private static async Task<List<StepReport>> PlayAsync(
        DemoScene scene, IDemoView view, CancellationToken cancellationToken)
    {
        List<StepReport> reports = [];
        foreach (IDemoStep step in Steps)
        {
            StepReport report = await view.ShowAsync(
                reports.Count + 1, step.Title, () => RunAsync(step, scene, cancellationToken));
            reports.Add(report);

            // Without guests nothing else can be shown.
            if (!report.Ok && step is GuestsStartStep)
                break;
        }

        return reports;
    }

    private static async Task<StepReport> RunAsync(IDemoStep step, DemoScene scene, CancellationToken cancellationToken)
    {
        StepLog log = new();
        Cost before = scene.Cost;
        long start = scene.Time.GetTimestamp();
        string? came = null;
        using CancellationTokenSource timeout = new(StepTime, scene.Time);
        using CancellationTokenSource either =
            CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            await step.RunAsync(scene, log, either.Token);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            came = exception switch
            {
                StepFailedException => exception.Message,
                RpcException call => $"{call.StatusCode}: {call.Message}",
                OperationCanceledException =>
                    string.Join("; ", scene.Obstacles.Prepend($"nothing within {StepTime.TotalSeconds:0} s")),
                _ => $"{exception.GetType().Name}: {exception.Message}",
            };
        }

        return new()
        {
            Name = step.Name,
            Title = step.Title,
            Ok = came is null,
            Asked = log.Asked,
            Expected = step.Expected,
            Answers = log.Answers,
            Came = came,
            Milliseconds = Milliseconds(scene.Time, start),
            Figures = log.Figures,
            Cost = scene.Cost - before,
        };
    }

    private static double Milliseconds(TimeProvider time, long start) =>
        Math.Round(time.GetElapsedTime(start).TotalMilliseconds, 3);
}
