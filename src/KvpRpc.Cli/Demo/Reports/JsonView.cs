using System.Text.Json;

namespace KvpRpc.Cli.Demo.Reports;

/// <summary>Shows the demo as one JSON document at its end.</summary>
internal sealed class JsonView(TextWriter output) : IDemoView
{
    public void Begin(GuestKindChoice choice, string version)
    {
        // The document has it.
    }

    public Task<StepReport> ShowAsync(int number, string title, Func<Task<StepReport>> run) => run();

    public void End(DemoReport report) =>
        output.WriteLine(JsonSerializer.Serialize(report, DemoJson.Default.DemoReport));
}
