using System.Text.Encodings.Web;
using System.Text.Json;

namespace KvpRpc.Cli.Demo.Reports;

/// <summary>Shows the demo as one JSON document at its end.</summary>
internal sealed class JsonView(TextWriter output) : IDemoView
{
    // The document goes to a terminal or a program, never into a page: text stays readable.
    private static readonly DemoJson Json =
        new(new(DemoJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    public void Begin(GuestKindChoice choice, string version)
    {
        // The document has it.
    }

    public Task<StepReport> ShowAsync(int number, string title, Func<Task<StepReport>> run) => run();

    public void End(DemoReport report) =>
        output.WriteLine(JsonSerializer.Serialize(report, Json.DemoReport));
}
