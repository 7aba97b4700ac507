using System.Diagnostics;
using System.Text.Json;

namespace KvpRpc.Cli.Tests;

/// <summary>The real executable, run as a user runs it.</summary>
internal static class Tool
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    private static readonly string Executable = Path.Join(AppContext.BaseDirectory, "KvpRpc.Cli");

    internal sealed record Outcome(int ExitCode, string Output, string Errors)
    {
        /// <summary>Gets standard output as the one JSON document that it must be.</summary>
        internal JsonElement Json
        {
            get
            {
                using JsonDocument document = JsonDocument.Parse(Output);
                return document.RootElement.Clone();
            }
        }
    }

    internal static Process Start(params string[] arguments) => Process.Start(Prepare(Executable, arguments))!;

    /// <summary>Starts the tool with a folder of its own for temporary files.</summary>
    internal static Process StartIn(string temporaryFolder, params string[] arguments)
    {
        ProcessStartInfo start = Prepare(Executable, arguments);
        start.Environment["TMPDIR"] = temporaryFolder;

        // The runtime's own sockets would be in the folder too.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        return Process.Start(start)!;
    }

    internal static Task<Outcome> RunAsync(params string[] arguments) => WaitAsync(Start(arguments));

    /// <summary>Runs the tool as <c>dotnet KvpRpc.Cli.dll</c>.</summary>
    internal static Task<Outcome> RunWithDotnetAsync(params string[] arguments) =>
        WaitAsync(Process.Start(Prepare("dotnet", [Path.Join(AppContext.BaseDirectory, "KvpRpc.Cli.dll"), .. arguments]))!);

    /// <summary>Waits until the tool has ended; kills it with its guests when it does not.</summary>
    internal static async Task<Outcome> WaitAsync(Process process)
    {
        using (process)
        using (CancellationTokenSource timeout =
            CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken))
        {
            timeout.CancelAfter(Limit);
            try
            {
                Task<string> output = process.StandardOutput.ReadToEndAsync(timeout.Token);
                Task<string> errors = process.StandardError.ReadToEndAsync(timeout.Token);
                await process.WaitForExitAsync(timeout.Token);
                return new(process.ExitCode, await output, await errors);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                throw;
            }
        }
    }

    private static ProcessStartInfo Prepare(string executable, IEnumerable<string> arguments) => new(executable, arguments)
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    };
}
