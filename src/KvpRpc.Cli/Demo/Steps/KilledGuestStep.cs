using KvpRpc.Cli.Demo.Contracts;
using KvpRpc.Cli.Demo.Guests;

namespace KvpRpc.Cli.Demo.Steps;

/// <summary>A guest's program is killed in the middle of a call; its service manager starts it again.</summary>
internal sealed class KilledGuestStep : IDemoStep
{
    public string Name => "killed-guest";

    public string Title => "A guest is killed in the middle of a call";

    public string Expected =>
        "the call ends with Unavailable, outcome unknown; the link comes back by itself, and calls work "
        + "again; the other guest notices nothing";

    public async Task RunAsync(DemoScene scene, StepLog log, CancellationToken cancellationToken)
    {
        const string Wait = "killed";
        DemoMachine web = scene.Web;
        GuestProcess victim = web.Program!;
        log.Ask($"host → {web.Name}: IGuestMachine.WaitAsync(); SIGKILL to process {victim.Id} while it runs");
        IGuestMachine guest = web.CreateClient();
        Task call = guest.WaitAsync(Wait, cancellationToken);
        await guest.WhenWaitBeganAsync(Wait, cancellationToken);

        long killed = scene.Time.GetTimestamp();
        await victim.KillAsync(cancellationToken);
        await victim.DisposeAsync();
        StepLog.Check(!call.IsCompleted, "the call ended before anyone could know that the guest is dead");
        string other = await scene.Database.CreateClient().HashAsync("meanwhile", cancellationToken);
        Report("otherAnswered", $"{scene.Database.Name} answers calls as before");
        StepLog.Check(other.Length == 64, $"{scene.Database.Name} answered \"{other}\" meanwhile");
        GuestProcess next = web.StartProgram();
        Task signIn = web.WaitForSignInAsync(next, cancellationToken);

        RpcException error = await StepLog.EndsWithAsync(StatusCode.Unavailable, call);
        Report("callEnded", $"{error.StatusCode}: \"{error.Message}\"");
        StepLog.Check(!error.CertainlyNotRun, $"{error.StatusCode}, and it claims that the call did not run");
        await signIn;
        Report("signedInAgain", $"process {next.Id}, started as a service manager does, signed in by itself");
        MachineFacts facts = await guest.DescribeAsync(cancellationToken);
        Report("callWorked", $"process {facts.ProcessId} answered DescribeAsync() over the new link");
        StepLog.Check(facts.ProcessId == next.Id, $"process {facts.ProcessId} answered, and not {next.Id}");

        void Report(string figure, string text)
        {
            TimeSpan time = scene.Time.GetElapsedTime(killed);
            log.Answer($"{"+" + Text.Of(time),-8} {text}");
            log.Measure($"{figure}AfterMilliseconds", time.TotalMilliseconds);
        }
    }
}
