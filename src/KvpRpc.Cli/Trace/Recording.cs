using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace KvpRpc.Cli.Trace;

/// <summary>What a trace has seen, in a file of JSON lines: see <see cref="TraceEntry"/>.</summary>
internal static class Recording
{
    // Read by people and programs, never by a page: the characters of the alphabets stay readable.
    private static readonly TraceJson Json =
        new(new(TraceJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    internal static string Write(TraceEntry entry) => JsonSerializer.Serialize(entry, Json.TraceEntry);

    /// <summary>Reads a line.</summary>
    /// <exception cref="InvalidDataException">It is none of a recording.</exception>
    internal static TraceEntry Read(string line)
    {
        TraceEntry? entry;
        try
        {
            entry = JsonSerializer.Deserialize(line, Json.TraceEntry);
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException(
                $"not an object with time, table, key and text: {exception.Message}", exception);
        }

        return entry switch
        {
            null => throw new InvalidDataException("not an object with time, table, key and text: null"),
            { Table: TraceEntry.Host or TraceEntry.Guest } => entry,
            _ => throw new InvalidDataException($"'{entry.Table}' is no table: 'host' or 'guest'"),
        };
    }

    /// <summary>Reads a file from its first line to its last.</summary>
    /// <exception cref="InvalidDataException">A line is none of a recording; those before it were given.</exception>
    internal static async IAsyncEnumerable<TraceEntry> ReadFileAsync(
        string path, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using StreamReader reader = new(path, new UTF8Encoding(false));
        for (int number = 1; await reader.ReadLineAsync(cancellationToken) is { } line; number++)
        {
            if (line.Length == 0)
                continue;
            TraceEntry entry;
            try
            {
                entry = Read(line);
            }
            catch (InvalidDataException exception)
            {
                throw new InvalidDataException($"line {number}: {exception.Message}", exception);
            }

            yield return entry;
        }
    }
}
