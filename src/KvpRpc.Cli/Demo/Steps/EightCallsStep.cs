using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using KvpRpc.Cli.Demo.Contracts;
using KvpRpc.Cli.Demo.Reports;

namespace KvpRpc.Cli.Demo.Steps;

/// <summary>Eight calls of one guest at once.</summary>
internal sealed class EightCallsStep : IDemoStep
{
    private const int Calls = 8;

    public string Name => "eight-calls-at-once";

    public string Title => "Eight calls at once";

    public string Expected => "each of the eight calls gets its own answer";

    public async Task RunAsync(DemoScene scene, StepLog log, CancellationToken cancellationToken)
    {
        log.Ask($"host → {scene.Web.Name}: IGuestMachine.HashAsync(\"call 1\") … HashAsync(\"call 8\")");
        IGuestMachine guest = scene.Web.CreateClient();
        string[] texts =
            [.. Enumerable.Range(1, Calls).Select(i => string.Create(CultureInfo.InvariantCulture, $"call {i}"))];
        Cost before = scene.Web.Cost;
        string[] answers = await Task.WhenAll(texts.Select(text => guest.HashAsync(text, cancellationToken)));
        Cost cost = scene.Web.Cost - before;
        for (int i = 0; i < Calls; i++)
        {
            string right = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(texts[i])));
            StepLog.Check(answers[i] == right, $"\"{texts[i]}\" was answered with {answers[i]} instead of {right}");
        }

        log.Answer($"{answers[0][..8]}… to {answers[^1][..8]}…: eight right answers with "
            + $"{Text.Count(cost.HostWrites, "host write")} and {Text.Count(cost.GuestWrites, "guest write")}");
    }
}
