using System.CommandLine;
using KvpRpc.Cli.Demo;
using KvpRpc.Cli.Demo.Reports;
using KvpRpc.Cli.Trace;

namespace KvpRpc.Cli.Commands;

/// <summary><c>kvprpc demo</c>.</summary>
internal static class DemoCommand
{
    internal static Command Create()
    {
        Option<string?> guest = new("--guest")
        {
            Description = "What the guests are: 'daemon' runs the unmodified hv_kvp_daemon for each, 'linux' keeps "
                + "their "
                + "tables in memory, 'windows' is not built yet. By default 'daemon' where it can run, else 'linux'.",
            HelpName = "daemon|linux|windows",
        };
        guest.AcceptOnlyFromAmong("daemon", "linux", "windows");
        Option<bool> json = new("--json")
        {
            Description = "Write one JSON document to standard output, and nothing else.",
        };
        Option<string?> record = new("--record")
        {
            Description = "Also write what the tables of web-01 show to a new file, for 'kvprpc trace FILE'.",
            HelpName = "FILE",
        };
        Option<string?> keyLog = new("--key-log")
        {
            Description = "Also write the keys of all links to a file, for 'kvprpc trace --key-log FILE'.",
            HelpName = "FILE",
        };
        Command command = new(
            "demo",
            "Shows calls between an emulated Hyper-V host and guests, each a process of its own, in a few seconds. "
            + "Returns 0 only if every step did what it says.")
        {
            guest,
            json,
            record,
            keyLog,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            IDemoView view = parsed.GetValue(json) ? new JsonView(Console.Out) : new TerminalView();
            try
            {
                using RecordingFile? recording = parsed.GetValue(record) is { } path ? new(path) : null;
                return await DemoRunner.RunAsync(
                    parsed.GetValue(guest), new(recording, parsed.GetValue(keyLog)), view, TimeProvider.System,
                    cancellationToken);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                await Console.Error.WriteLineAsync($"kvprpc demo: {exception.Message}");
                return ExitCodes.Failed;
            }
        });
        return command;
    }
}
