using System.CommandLine;
using System.Text;
using KvpRpc.Cli.Trace;
using KvpRpc.Guest;
using KvpRpc.Transports;

namespace KvpRpc.Cli.Commands;

/// <summary><c>kvprpc trace</c>.</summary>
internal static class TraceCommand
{
    internal static Command Create()
    {
        Argument<string?> file = new("FILE")
        {
            Description = "A recording: a JSON object a line, with time, table ('host' or 'guest'), key, and text "
                + "or null.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        Option<bool> guest = new("--guest")
        {
            Description = "Watch the tables of the Linux guest that this runs in, until Ctrl+C. Nothing is written.",
        };
        Option<string> folder = new("--pool-folder")
        {
            Description = "With --guest: where hv_kvp_daemon keeps its pool files.",
            HelpName = "PATH",
            DefaultValueFactory = _ => LinuxGuestTransportOptions.DefaultFolder,
        };
        Option<string?> record = new("--record")
        {
            Description = "With --guest: also write a recording, to a new file.",
            HelpName = "FILE",
        };
        Command command = new(
            "trace",
            "Prints over time which item of a VM's tables changed and what it is. What is sealed is only counted.")
        {
            file,
            guest,
            folder,
            record,
        };
        command.Validators.Add(result =>
        {
            bool isLive = result.GetValue(guest);
            if (isLive == result.GetValue(file) is not null)
                result.AddError("Give either a recording or '--guest'.");
            bool hasOptions = result.GetResult(record) is not null
                || result.GetResult(folder) is { Implicit: false };
            if (!isLive && hasOptions)
                result.AddError("'--record' and '--pool-folder' need '--guest'.");
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            try
            {
                return parsed.GetValue(file) is { } path
                    ? await PrintAsync(path, cancellationToken)
                    : await WatchAsync(parsed.GetValue(folder)!, parsed.GetValue(record), cancellationToken);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException
                or InvalidDataException or KvpTransportException)
            {
                await Console.Error.WriteLineAsync($"kvprpc trace: {exception.Message}");
                return ExitCodes.Failed;
            }
        });
        return command;
    }

    private static async Task<int> PrintAsync(string path, CancellationToken cancellationToken)
    {
        await foreach (TraceEntry entry in Recording.ReadFileAsync(path, cancellationToken))
            await Console.Out.WriteLineAsync(TraceLine.Of(entry));
        return ExitCodes.Success;
    }

    private static async Task<int> WatchAsync(string folder, string? record, CancellationToken cancellationToken)
    {
        StreamWriter? recording = record is null
            ? null
            : new(new FileStream(record, FileMode.CreateNew, FileAccess.Write, FileShare.Read), new UTF8Encoding(false))
            {
                AutoFlush = true,
                NewLine = "\n",
            };
        await using (recording)
        {
            try
            {
                await new GuestWatch(folder, TimeProvider.System).RunAsync(
                    async entry =>
                    {
                        if (recording is not null)
                            await recording.WriteLineAsync(Recording.Write(entry));
                        await Console.Out.WriteLineAsync(TraceLine.Of(entry));
                    },
                    cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                // Ctrl+C is how a watch ends.
            }
        }

        return ExitCodes.Success;
    }
}
