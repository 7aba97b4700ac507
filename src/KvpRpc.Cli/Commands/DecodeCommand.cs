using System.CommandLine;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using KvpRpc.Cli.Decode;
using KvpRpc.Cli.Keys;
using KvpRpc.Cli.Trace;

namespace KvpRpc.Cli.Commands;

/// <summary><c>kvprpc decode</c>.</summary>
internal static class DecodeCommand
{
    private const string StandardInput = "-";

    // Far more than an item has; what is longer is not read to its end.
    private const int MaxUnits = 1 << 16;

    // The document goes to a terminal or a program, never into a page: text stays readable.
    private static readonly DecodeJson Json =
        new(new(DecodeJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    internal static Command Create()
    {
        Argument<string> text = new("TEXT")
        {
            Description = "The item's text; '-', or nothing, reads it from standard input.",
            DefaultValueFactory = _ => StandardInput,
        };
        Option<bool> json = new("--json")
        {
            Description = "Write one JSON document to standard output, and nothing else.",
        };
        Option<string?> keyLog = KeyLogOption.Create();
        Option<string?> table = new("--table")
        {
            Description = "With --key-log: whose table the item is of; the two have keys of their own.",
            HelpName = "host|guest",
        };
        table.AcceptOnlyFromAmong(TraceEntry.Host, TraceEntry.Guest);
        Command command = new(
            "decode",
            "Explains the text of one item byte by byte. What is sealed is only counted, unless a key log opens it. "
            + "Returns 1 for a text that no peer takes, explained up to where it breaks.")
        {
            text,
            json,
            keyLog,
            table,
        };
        command.Validators.Add(result =>
        {
            if (result.GetResult(keyLog) is null != result.GetResult(table) is null)
                result.AddError("'--key-log' and '--table' need each other.");
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using KeyLog? keys = await ReadKeysAsync(parsed.GetValue(keyLog), cancellationToken);
            if (keys is null)
                return ExitCodes.Failed;
            SideKeys side = new(keys, parsed.GetValue(table) == TraceEntry.Host);
            string value = parsed.GetValue(text)!;
            if (value == StandardInput)
                value = await ReadAsync(cancellationToken);
            Explanation explanation = ItemExplainer.Explain(value, side);
            if (parsed.GetValue(json))
                await Console.Out.WriteLineAsync(JsonSerializer.Serialize(explanation, Json.Explanation));
            else
                ExplanationTable.Show(explanation);
            if (explanation.Fault is not { } fault)
                return ExitCodes.Success;
            await Console.Error.WriteLineAsync($"kvprpc decode: at {fault.Of} {fault.Offset}: {fault.Reason}.");
            return ExitCodes.Failed;
        });
        return command;
    }

    // Null when the file cannot be read, which was said.
    private static async Task<KeyLog?> ReadKeysAsync(string? path, CancellationToken cancellationToken)
    {
        try
        {
            return await KeyLog.OpenAsync(path, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException
            or InvalidDataException)
        {
            await Console.Error.WriteLineAsync($"kvprpc decode: {exception.Message}");
            return null;
        }
    }

    private static async Task<string> ReadAsync(CancellationToken cancellationToken)
    {
        using StreamReader reader = new(Console.OpenStandardInput(), new UTF8Encoding(false));
        char[] text = new char[MaxUnits];
        int count = await reader.ReadBlockAsync(text, cancellationToken);
        return new string(text, 0, count).TrimEnd('\r', '\n');
    }
}
