using System.CommandLine;
using KvpRpc.Cli.Keys;
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
        Option<string?> keyLog = KeyLogOption.Create();
        Command command = new(
            "trace",
            "Prints over time which item of a VM's tables changed and what it is. What is sealed is only counted, "
            + "unless a key log opens it.")
        {
            file,
            guest,
            folder,
            record,
            keyLog,
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
                using KeyLog keys = await KeyLog.OpenAsync(parsed.GetValue(keyLog), cancellationToken);
                return parsed.GetValue(file) is { } path
                    ? await PrintAsync(path, keys, cancellationToken)
                    : await WatchAsync(parsed.GetValue(folder)!, parsed.GetValue(record), keys, cancellationToken);
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

    private static async Task<int> PrintAsync(
        string path, KeyLog keys, CancellationToken cancellationToken)
    {
        await foreach (TraceEntry entry in Recording.ReadFileAsync(path, cancellationToken))
            await Console.Out.WriteLineAsync(TraceLine.Of(entry, keys));
        return ExitCodes.Success;
    }

    private static async Task<int> WatchAsync(
        string folder, string? record, KeyLog keys, CancellationToken cancellationToken)
    {
        using RecordingFile? recording = record is null ? null : new(record);
        try
        {
            await new GuestWatch(folder, TimeProvider.System).RunAsync(
                async entry =>
                {
                    recording?.Write(entry);
                    await keys.ReadOnAsync(cancellationToken);
                    await Console.Out.WriteLineAsync(TraceLine.Of(entry, keys));
                },
                cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Ctrl+C is how a watch ends.
        }

        return ExitCodes.Success;
    }
}
