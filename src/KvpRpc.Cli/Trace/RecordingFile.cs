using System.Text;

namespace KvpRpc.Cli.Trace;

/// <summary>A recording that is being written, to a new file.</summary>
internal sealed class RecordingFile : IDisposable
{
    private readonly Lock _writing = new();
    private readonly StreamWriter _writer;

    /// <summary>Makes the file.</summary>
    /// <exception cref="IOException">It is there already, or cannot be made.</exception>
    internal RecordingFile(string path) => _writer = new(
        new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read), new UTF8Encoding(false))
    {
        AutoFlush = true,
        NewLine = "\n",
    };

    /// <summary>Adds a change; from any thread.</summary>
    internal void Write(TraceEntry entry)
    {
        lock (_writing)
            _writer.WriteLine(Recording.Write(entry));
    }

    public void Dispose() => _writer.Dispose();
}
