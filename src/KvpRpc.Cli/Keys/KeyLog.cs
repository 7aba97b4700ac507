using System.Text;
using KvpRpc.Sealing;

namespace KvpRpc.Cli.Keys;

/// <summary>The links of a key log, by their ids: what <c>KvpLinkOptions.KeyLogFile</c> has collected.</summary>
internal sealed class KeyLog : IDisposable
{
    private readonly Dictionary<uint, LinkRecord> _links = [];
    private readonly string? _path;
    private long _read;
    private int _lines;

    private KeyLog(string? path) => _path = path;

    /// <summary>Reads a file, or none: then no link is known.</summary>
    /// <exception cref="InvalidDataException">A line is none of a key log.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    internal static async Task<KeyLog> OpenAsync(string? path, CancellationToken cancellationToken)
    {
        KeyLog log = new(path);
        await log.ReadOnAsync(cancellationToken);
        return log;
    }

    /// <summary>Reads what a side has added since. Empty lines, those that begin with #, and a last one that is not
    /// ended are passed over.</summary>
    internal async Task ReadOnAsync(CancellationToken cancellationToken)
    {
        if (_path is null)
            return;
        await using FileStream file = new(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        if (file.Length <= _read)
            return;
        file.Position = _read;
        using StreamReader reader = new(file, Encoding.ASCII);
        string added = await reader.ReadToEndAsync(cancellationToken);
        int end = added.LastIndexOf('\n') + 1;
        _read += end;
        foreach (string line in added[..end].Split('\n')[..^1])
        {
            _lines++;
            if (line.Length > 0 && line[0] != '#' && !TryAdd(line.TrimEnd('\r')))
                throw new InvalidDataException($"key log, line {_lines}: not a version, two ids and four secrets");
        }
    }

    /// <summary>Gives what is known of a link; null for one whose keys are not in the log.</summary>
    internal LinkRecord? Find(uint linkId) => _links.GetValueOrDefault(linkId);

    public void Dispose()
    {
        foreach (LinkRecord link in _links.Values)
            link.Dispose();
    }

    // The logs of both sides, put together, have each link twice, alike.
    private bool TryAdd(string line)
    {
        if (LinkSecrets.TryRead(line) is not var (id, secrets))
            return false;
        if (!_links.ContainsKey(id))
            _links.Add(id, new(secrets));
        return true;
    }
}
