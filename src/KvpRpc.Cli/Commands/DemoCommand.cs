using System.CommandLine;
using KvpRpc.Cli.Demo;
using KvpRpc.Cli.Demo.Reports;

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
        Command command = new(
            "demo",
            "Shows calls between an emulated Hyper-V host and guests, each a process of its own, in a few seconds. "
            + "Returns 0 only if every step did what it says.")
        {
            guest,
            json,
        };
        command.SetAction((parsed, cancellationToken) =>
        {
            IDemoView view = parsed.GetValue(json) ? new JsonView(Console.Out) : new TerminalView();
            return DemoRunner.RunAsync(parsed.GetValue(guest), view, TimeProvider.System, cancellationToken);
        });
        return command;
    }
}
