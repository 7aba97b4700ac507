using System.Text;
using KvpRpc.Links;
using Microsoft.Extensions.Logging;

namespace KvpRpc.Driver;

/// <summary>The file of <see cref="KvpLinkOptions.KeyLogFile"/>.</summary>
internal sealed class KeyLogFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    // Links of one process may share a file; each line is written whole.
    private static readonly Lock Writing = new();

    private readonly string _path;
    private readonly string _channel;
    private readonly ILogger _logger;

    private KeyLogFile(string path, KvpLinkOptions options)
    {
        _path = path;
        _channel = options.Channel;
        _logger = options.Logger;
    }

    /// <summary>Makes sure that the file is there and its owner's alone; null where no keys are to be logged.</summary>
    /// <exception cref="IOException">Others have access to the file or may write to its folder, it is a link, or it
    /// cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">This process may not write it.</exception>
    internal static KeyLogFile? Open(KvpLinkOptions options)
    {
        if (options.KeyLogFile is null)
            return null;
        string path = Path.GetFullPath(options.KeyLogFile);
        Append(path, "");
        Log.KeysAreLogged(options.Logger, options.Channel, path);
        return new(path, options);
    }

    /// <summary>Adds a line. One that cannot be written is lost: the link goes on.</summary>
    internal void Write(string line)
    {
        try
        {
            Append(_path, line + '\n');
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Log.KeysNotLogged(_logger, exception, _channel);
        }
    }

    // Opened for each line, so that a file that was replaced or opened to others since takes no secret.
    private static void Append(string path, string text)
    {
        lock (Writing)
        {
            CheckPlace(path);
            FileStreamOptions options = new()
            {
                Mode = FileMode.Append,
                Access = FileAccess.Write,
                Share = FileShare.ReadWrite,
            };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = OwnerOnly;
            using FileStream file = new(path, options);
            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(file.SafeFileHandle) & ~OwnerOnly) != 0)
                throw new IOException($"Others have access to the key log '{path}'; only its owner may: chmod 600.");
            file.Write(Encoding.ASCII.GetBytes(text));
        }
    }

    // In a folder like /tmp another user may have put a file of the name there, which a privileged process could open.
    private static void CheckPlace(string path)
    {
        if (new FileInfo(path).LinkTarget is not null)
            throw new IOException($"The key log '{path}' is a link to another file.");
        string? folder = Path.GetDirectoryName(path);
        if (!OperatingSystem.IsWindows() && Directory.Exists(folder)
            && (File.GetUnixFileMode(folder) & UnixFileMode.OtherWrite) != 0)
            throw new IOException($"Everybody may write to '{folder}': a key log there could be another's file.");
    }
}
