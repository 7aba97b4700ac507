namespace KvpRpc.Cli.Demo.Steps;

/// <summary>Guests start, links open, and each guest calls its host unasked.</summary>
internal sealed class GuestsStartStep : IDemoStep
{
    public string Name => "guests-start";

    public string Title => "Two guests start, and each calls its host by itself";

    public string Expected => "each guest is a process of its own and signs in at its host";

    public async Task RunAsync(DemoScene scene, StepLog log, CancellationToken cancellationToken)
    {
        log.Ask("each guest → host: IHostDesk.SignInAsync(process id)");
        long start = scene.Time.GetTimestamp();
        await scene.BootAsync(cancellationToken);
        TimeSpan[] times = await Task.WhenAll(scene.Machines.Select(async machine =>
        {
            await machine.WaitForSignInAsync(machine.Program!, cancellationToken);
            return scene.Time.GetElapsedTime(start);
        }));
        foreach ((DemoMachine machine, TimeSpan time) in scene.Machines.Zip(times))
        {
            log.Answer($"{machine.Name}: process {machine.Program!.Id} signed in after {Text.Of(time)}");
            log.Measure($"signInMilliseconds:{machine.Name}", time.TotalMilliseconds);
        }

        int distinct = scene.Machines.Select(machine => machine.Program!.Id).Append(Environment.ProcessId).Distinct()
            .Count();
        StepLog.Check(distinct == scene.Machines.Count + 1, "two of the processes are one");
    }
}
