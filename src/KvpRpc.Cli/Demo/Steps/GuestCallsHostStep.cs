using System.Globalization;
using KvpRpc.Cli.Demo.Contracts;

namespace KvpRpc.Cli.Demo.Steps;

/// <summary>Each guest asks its host who it is, and passes the answer on.</summary>
internal sealed class GuestCallsHostStep : IDemoStep
{
    public string Name => "guest-calls-host";

    public string Title => "A guest calls the host";

    public string Expected => "each guest learns its own name and id, which it never said";

    public async Task RunAsync(DemoScene scene, StepLog log, CancellationToken cancellationToken)
    {
        log.Ask("guest → host: IHostDesk.WhoAmIAsync(), begun by host → guest: IGuestMachine.AskHostAsync()");
        foreach (DemoMachine machine in scene.Machines)
        {
            HostAnswer answer = await machine.CreateClient().AskHostAsync(cancellationToken);
            GuestIdentity told = answer.Identity;
            string clock = told.HostTime.ToString("HH:mm:ss", CultureInfo.InvariantCulture);
            log.Answer($"{machine.Name}: \"you are {told.MachineName}, {told.MachineId.ToString()[..8]}…, on "
                + $"{told.HostName}; here it is {clock} UTC\", "
                + $"{Text.Of(TimeSpan.FromMilliseconds(answer.Milliseconds))} after it asked");
            log.Measure($"waitedMilliseconds:{machine.Name}", answer.Milliseconds);
            StepLog.Check(
                (told.MachineName, told.MachineId, told.HostName) == (machine.Name, machine.Id, DemoScene.HostName),
                $"{machine.Name} ({machine.Id}) was told that it is {told.MachineName} ({told.MachineId})");
        }
    }
}
