namespace KvpRpc.Cli.Demo.Steps;

/// <summary>A guest refuses a call with a status and a message.</summary>
internal sealed class ErrorStep : IDemoStep
{
    public string Name => "error";

    public string Title => "A guest answers with an error";

    public string Expected => "the call ends with NotFound and the message that the guest gave";

    public async Task RunAsync(DemoScene scene, StepLog log, CancellationToken cancellationToken)
    {
        const string Path = "/no/such/file";
        log.Ask($"host → {scene.Database.Name}: IGuestMachine.GetFileSizeAsync(\"{Path}\")");
        RpcException error = await StepLog.EndsWithAsync(
            StatusCode.NotFound, scene.Database.CreateClient().GetFileSizeAsync(Path, cancellationToken));
        log.Answer($"{error.StatusCode}: \"{error.Message}\"");
        StepLog.Check(error.Message.Contains(Path, StringComparison.Ordinal), $"the message \"{error.Message}\"");
    }
}
