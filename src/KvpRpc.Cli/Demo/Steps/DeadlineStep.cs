using KvpRpc.Cli.Demo.Contracts;

namespace KvpRpc.Cli.Demo.Steps;

/// <summary>A call that would never end meets its deadline, here and in the guest.</summary>
internal sealed class DeadlineStep : IDemoStep
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMilliseconds(400);

    public string Name => "deadline";

    public string Title => "A deadline expires";

    public string Expected => "the call ends with DeadlineExceeded, and its work in the guest is cancelled";

    public async Task RunAsync(DemoScene scene, StepLog log, CancellationToken cancellationToken)
    {
        const string Wait = "deadline";
        log.Ask($"host → {scene.Web.Name}: IGuestMachine.WaitAsync(), with a deadline of {Text.Of(Deadline)}");
        IGuestMachine hurried = scene.Web.CreateClient(Deadline);
        long start = scene.Time.GetTimestamp();
        RpcException error = await StepLog.EndsWithAsync(
            StatusCode.DeadlineExceeded, hurried.WaitAsync(Wait, cancellationToken));
        TimeSpan time = scene.Time.GetElapsedTime(start);
        log.Answer($"{error.StatusCode}, {Text.Of(time)} after the call: \"{error.Message}\"");
        log.Measure("callEndedAfterMilliseconds", time.TotalMilliseconds);
        StepLog.Check(time >= Deadline, $"it ended after {Text.Of(time)}, before its deadline");

        double ran = await scene.Web.CreateClient().WhenWaitWasCancelledAsync(Wait, cancellationToken);
        log.Answer($"{scene.Web.Name}: the call's work was cancelled after {Text.Of(TimeSpan.FromMilliseconds(ran))}");
        log.Measure("workRanMilliseconds", ran);
    }
}
