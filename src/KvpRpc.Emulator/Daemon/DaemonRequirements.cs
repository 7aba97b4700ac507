using System.ComponentModel;

namespace KvpRpc.Emulator.Daemon;

/// <summary>What a guest with the real daemon needs of the machine.</summary>
internal static class DaemonRequirements
{
    private static readonly string[] Folders = ["/usr/sbin", "/usr/bin", "/sbin", "/bin"];

    /// <summary>Gets the daemon's path; null where it is not installed.</summary>
    internal static string? DaemonPath => Find("hv_kvp_daemon");

    /// <summary>Gets the path of setpriv of util-linux; null where it is not installed.</summary>
    internal static string? SetPrivPath => Find("setpriv");

    /// <summary>Gets the path of nsenter of util-linux; null where it is not installed.</summary>
    internal static string? NsEnterPath => Find("nsenter");

    /// <summary>Says why a guest with the real daemon cannot run here and what to do; null if it can.</summary>
    internal static string? WhyUnavailable()
    {
        if (!OperatingSystem.IsLinux() || !Environment.Is64BitProcess) return "It needs 64-bit Linux.";
        if (DaemonPath is null) return "hv_kvp_daemon is not installed (Debian: package hyperv-daemons).";
        if (SetPrivPath is null || NsEnterPath is null) return "setpriv or nsenter is missing (package util-linux).";
        if (!Environment.IsPrivilegedProcess) return "It needs root: the daemon gets a mount namespace of its own.";
        if (!File.Exists("/dev/fuse")) return "There is no /dev/fuse (modprobe fuse).";

        // Containers may forbid any of it in ways that only a trial shows.
        try
        {
            using var fuse = new FuseConnection();
            using MountNamespace trial = MountNamespace.Build(fuse, poolFolder: null);
            return null;
        }
        catch (Win32Exception exception)
        {
            return exception.Message;
        }
    }

    private static string? Find(string name) =>
        Folders.Select(folder => Path.Join(folder, name)).FirstOrDefault(File.Exists);
}
