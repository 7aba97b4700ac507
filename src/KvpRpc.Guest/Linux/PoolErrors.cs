using System.Runtime.InteropServices;
using KvpRpc.Transports;

namespace KvpRpc.Guest.Linux;

/// <summary>What the errors of the system mean for the tables, and what to do about them.</summary>
internal static class PoolErrors
{
    private const string IsDaemonRunning =
        "Is the KVP daemon installed and running (packages hyperv-daemons or linux-cloud-tools, service " +
        "hv-kvp-daemon or hypervkvpd), and is Data Exchange enabled in the VM's integration services?";

    /// <summary>A file could not be opened.</summary>
    internal static KvpTransportException Opening(int error, string path, PoolAccess access)
    {
        string what = access == PoolAccess.Read ? "read" : "written";
        return error switch
        {
            Libc.NoEntry or Libc.NotFolder => new(KvpTransportError.NotFound,
                Directory.Exists(Path.GetDirectoryName(path))
                    ? $"The pool file {path} does not exist. {IsDaemonRunning}"
                    : $"The folder of the pool files, {Path.GetDirectoryName(path)}, does not exist. " +
                        IsDaemonRunning),
            Libc.AccessDenied or Libc.NotPermitted => new(KvpTransportError.AccessDenied,
                $"The pool file {path} may not be {what} by this account ({Environment.UserName}). " +
                (access == PoolAccess.Write ? "Writing the guest's items needs root." : "Run as root.")),
            Libc.ReadOnlyFileSystem => new(KvpTransportError.AccessDenied,
                $"The pool file {path} cannot be written: its filesystem is read-only. Mount it writable; in a " +
                "container, map the host's folder without :ro."),
            _ => Using(error, path, "open"),
        };
    }

    /// <summary>Something else went wrong with a file.</summary>
    internal static KvpTransportException Using(int error, string path, string verb) =>
        new(KvpTransportError.Unavailable, $"Could not {verb} {path}: {Describe(error)}");

    /// <summary>Somebody else did not release a lock in time.</summary>
    internal static KvpTransportException Locked(string path, TimeSpan timeout) =>
        new(KvpTransportError.Unavailable,
            $"The pool file {path} stayed locked for {timeout.TotalSeconds:0.###} s by {LockHolders.Describe(path)}. " +
            "The KVP daemon cannot work either while that lock is held: end what holds it.");

    /// <summary>Gets the text for an item that could not be written.</summary>
    internal static string Writing(int error, string path) => error switch
    {
        Libc.NoSpace => $"The disk with {path} is full: make room.",
        Libc.QuotaExceeded => $"The disk quota for {path} is used up: make room.",
        _ => $"Could not write {path}: {Describe(error)}",
    };

    /// <summary>Changes cannot be watched.</summary>
    internal static KvpTransportException Watching(int error, string path) => error switch
    {
        Libc.NoEntry or Libc.NotFolder => Opening(error, path, PoolAccess.Read),
        Libc.AccessDenied => Opening(error, path, PoolAccess.Read),
        Libc.TooManyFiles => new(KvpTransportError.Unavailable,
            $"Changes of {path} cannot be watched: this account has no inotify instance or file left. Raise " +
            "fs.inotify.max_user_instances (sysctl) or the limit of open files."),
        Libc.NoSpace => new(KvpTransportError.Unavailable,
            $"Changes of {path} cannot be watched: this account has no inotify watch left. Raise " +
            "fs.inotify.max_user_watches (sysctl)."),
        _ => Using(error, path, "watch"),
    };

    /// <summary>Gets the system's own words, with the number, which is easier to search for.</summary>
    internal static string Describe(int error) => $"{Marshal.GetPInvokeErrorMessage(error)} (errno {error}).";
}
