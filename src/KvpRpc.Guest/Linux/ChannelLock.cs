using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using KvpRpc.Transports;
using Microsoft.Win32.SafeHandles;

namespace KvpRpc.Guest.Linux;

/// <summary>Makes this transport the only one on its channel in this guest, until it is disposed.</summary>
/// <remarks>
/// The lock file stays when the lock ends: to remove it would race with the next owner. A write lock needs a descriptor
/// that may write, so an account that cannot open the file for writing cannot keep the owner out either.
/// </remarks>
internal sealed class ChannelLock : IDisposable
{
    private const int MaxNameLength = 200;

    private readonly SafeFileHandle _file;

    private ChannelLock(SafeFileHandle file) => _file = file;

    /// <summary>Takes the lock, or throws at once.</summary>
    internal static ChannelLock Take(LinuxGuestTransportOptions options)
    {
        CreateFolder(options.LockFolder);
        string path = GetPath(options);
        int error = Libc.TryOpen(path, Libc.ReadWrite | Libc.Create, out SafeFileHandle file);
        if (error == 0)
            error = PoolLock.TryTakeRange(file, PoolAccess.Write);
        if (error == 0)
        {
            WriteOwner(file);
            return new ChannelLock(file);
        }

        string owner = file.IsInvalid ? "" : ReadOwner(file);
        bool isBusy = !file.IsInvalid && PoolLock.IsBusy(error);
        file.Dispose();
        throw isBusy
            ? new KvpTransportException(KvpTransportError.ChannelInUse,
                $"The channel with keys {options.KeyPrefix}* is in use by {owner} (lock file {path}). One process in " +
                "a guest owns a channel: end that process, or use another channel.")
            : Refused(error, path);
    }

    /// <summary>Gets the lock file of a channel: two pool folders on one machine are two guests.</summary>
    internal static string GetPath(LinuxGuestTransportOptions options)
    {
        string name = Escape(options.KeyPrefix.TrimEnd('.'));
        string folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(options.Folder));
        if (folder != LinuxGuestTransportOptions.DefaultFolder)
            name += "@" + Hash(folder);
        return Path.Combine(options.LockFolder, name + ".lock");
    }

    /// <summary>Releases the channel.</summary>
    public void Dispose()
    {
        if (!_file.IsClosed)
            _ = Libc.SetLength(_file, 0);
        _file.Dispose();
    }

    private static void CreateFolder(string folder)
    {
        const UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
            | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
        try
        {
            if (!OperatingSystem.IsWindows())
                Directory.CreateDirectory(folder, mode);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new KvpTransportException(KvpTransportError.AccessDenied,
                $"The folder of the lock files, {folder}, cannot be created by this account " +
                $"({Environment.UserName}). " +
                $"Run as root, or name another one in {nameof(LinuxGuestTransportOptions)}." +
                $"{nameof(LinuxGuestTransportOptions.LockFolder)}; all processes must use the same.", exception);
        }
        catch (IOException exception)
        {
            throw new KvpTransportException(KvpTransportError.Unavailable,
                $"The folder of the lock files, {folder}, cannot be created: {exception.Message} Name another one in " +
                $"{nameof(LinuxGuestTransportOptions)}.{nameof(LinuxGuestTransportOptions.LockFolder)}; all " +
                "processes must use the same.", exception);
        }
    }

    private static KvpTransportException Refused(int error, string path) =>
        new(error is Libc.AccessDenied or Libc.NotPermitted or Libc.ReadOnlyFileSystem
                ? KvpTransportError.AccessDenied
                : KvpTransportError.Unavailable,
            $"The lock file {path}, which keeps a second process off the channel, cannot be used: " +
            $"{PoolErrors.Describe(error)} Run as root, or name another folder in " +
            $"{nameof(LinuxGuestTransportOptions)}.{nameof(LinuxGuestTransportOptions.LockFolder)}; all processes " +
            "must use the same.");

    private static void WriteOwner(SafeFileHandle file)
    {
        byte[] text = Encoding.UTF8.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n");
        _ = Libc.SetLength(file, 0);
        _ = Libc.Write(file, text, text.Length, 0);
    }

    private static string ReadOwner(SafeFileHandle file)
    {
        Span<byte> text = stackalloc byte[32];
        nint length = Libc.Read(file, text, text.Length, 0);
        return length > 0
            && int.TryParse(text[..(int)length].TrimEnd("\n"u8), CultureInfo.InvariantCulture, out int process)
                ? LockHolders.DescribeProcess(process)
                : "another process";
    }

    private static string Escape(string text)
    {
        StringBuilder name = new();
        foreach (byte one in Encoding.UTF8.GetBytes(text))
        {
            _ = char.IsAsciiLetterOrDigit((char)one) || one is (byte)'-' or (byte)'_' || (one == '.' && name.Length > 0)
                ? name.Append((char)one)
                : name.Append(CultureInfo.InvariantCulture, $"%{one:x2}");
        }

        return name.Length is > 0 and <= MaxNameLength ? name.ToString() : "channel-" + Hash(text);
    }

    private static string Hash(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 8));
}
