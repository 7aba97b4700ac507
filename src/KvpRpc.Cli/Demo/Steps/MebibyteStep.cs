using System.Security.Cryptography;
using KvpRpc.Cli.Demo.Reports;

namespace KvpRpc.Cli.Demo.Steps;

/// <summary>One mebibyte goes to a guest and back.</summary>
internal sealed class MebibyteStep : IDemoStep
{
    private const int Size = 1 << 20;

    public string Name => "one-mebibyte";

    public string Title => "1 MiB to a guest and back";

    public string Expected => "the SHA-256 of what comes back is that of what was sent";

    public async Task RunAsync(DemoScene scene, StepLog log, CancellationToken cancellationToken)
    {
        log.Ask($"host → {scene.Database.Name}: IGuestMachine.EchoAsync(1,048,576 random bytes)");
        byte[] bytes = RandomNumberGenerator.GetBytes(Size);
        string sent = Convert.ToHexStringLower(SHA256.HashData(bytes));
        Cost before = scene.Database.Cost;
        long start = scene.Time.GetTimestamp();
        byte[] echoed = await scene.Database.CreateClient().EchoAsync(bytes, cancellationToken);
        TimeSpan time = scene.Time.GetElapsedTime(start);
        Cost cost = scene.Database.Cost - before;
        string came = Convert.ToHexStringLower(SHA256.HashData(echoed));
        StepLog.Check(came == sent, $"{echoed.Length} bytes with SHA-256 {came} instead of {sent}");
        double rate = 2 * Size / time.TotalSeconds;
        log.Answer($"1,048,576 bytes, SHA-256 {sent[..16]}… as sent; {Text.OfBytes((long)rate)}/s, both ways counted");
        log.Answer($"{Text.Count(cost.HostItems, "item")} out in {Text.Count(cost.HostWrites, "host write")}, "
            + $"{Text.Count(cost.GuestItems, "item")} back in {Text.Count(cost.GuestWrites, "guest write")}, "
            + Text.Count(cost.HostPolls, "poll"));
        log.Measure("bytesPerSecond", rate);
    }
}
