using System.CommandLine;
using System.CommandLine.Help;
using KvpRpc.Cli.Demo.Guests;

namespace KvpRpc.Cli.Commands;

/// <summary>The tool: its commands, and how an invocation runs and ends.</summary>
internal static class KvpRpcCommand
{
    /// <summary>How long a command may clean up after Ctrl-C or SIGTERM before the process ends anyway.</summary>
    private static readonly TimeSpan CleanUpTime = TimeSpan.FromSeconds(15);

    internal static async Task<int> RunAsync(string[] args)
    {
        ParseResult parsed = Create().Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
                await Console.Error.WriteLineAsync($"kvprpc: {error.Message}");
            await Console.Error.WriteLineAsync($"Try '{Path(parsed)} --help'.");
            return ExitCodes.Usage;
        }

        InvocationConfiguration configuration = new()
        {
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = CleanUpTime,
        };
        try
        {
            return await parsed.InvokeAsync(configuration);
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("kvprpc: stopped; nothing is left behind.");
            return ExitCodes.Interrupted;
        }
    }

    // A plain command and not a RootCommand, whose name is that of the executable file: KvpRpc.Cli, not kvprpc.
    private static Command Create()
    {
        Command root = new("kvprpc",
            "Calls between a Hyper-V host and its guests with no network: over KVP Data Exchange.")
        {
            new HelpOption { Recursive = true },
            new VersionOption(),
            DemoCommand.Create(),
            DecodeCommand.Create(),
            TraceCommand.Create(),
            GuestAppCommand.Create(),
        };
        HelpAction help = new();
        root.SetAction(result => help.Invoke(result));
        return root;
    }

    private static string Path(ParseResult parsed) =>
        parsed.CommandResult.Command.Name is "kvprpc" ? "kvprpc" : $"kvprpc {parsed.CommandResult.Command.Name}";
}
