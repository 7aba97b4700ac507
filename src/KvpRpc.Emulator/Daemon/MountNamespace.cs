using System.ComponentModel;
using System.Runtime.InteropServices;

namespace KvpRpc.Emulator.Daemon;

/// <summary>Gives the calling thread a view of the file system of its own, in which a guest's daemon finds its device and
/// its pools.</summary>
/// <remarks>Nothing of it is visible outside, nothing has to be undone: the kernel takes the mounts away when the thread
/// and the processes started from it are gone, however they went.</remarks>
internal static class MountNamespace
{
    /// <summary>Where the daemon looks for its pools.</summary>
    internal const string PoolsPath = "/var/lib/hyperv";

    private const string DevicePath = "vmbus/hv_kvp";

    /// <summary>Leaves the mounts of the process for a private copy; for a thread that belongs to the caller alone.</summary>
    internal static void Enter()
    {
        if (LinuxNative.Unshare(LinuxNative.NewMountNamespace) is not 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError(), "No private mount namespace can be made.");

        // Without this the mounts below would spread to the machine on systems where / is shared.
        Mount("none", "/", null, LinuxNative.MountRecursive | LinuxNative.MountPrivate, null);
    }

    /// <summary>Puts a /dev in place that holds the emulated device and the few nodes that every program needs.</summary>
    /// <remarks>The machine's own /dev stays as it is: no /dev/vmbus is made there, and one that exists, on a real Hyper-V
    /// guest, is not touched. Without /dev/log the daemon's log does not get into the machine's.</remarks>
    internal static void MountDevices(FuseConnection device)
    {
        // Built at the temporary folder, which is there again when the result has moved.
        string scratch = Path.TrimEndingDirectorySeparator(Path.GetTempPath());
        Mount("kvprpc", scratch, "tmpfs", LinuxNative.MountNoSuid, "mode=755");
        foreach (string name in (ReadOnlySpan<string>)["null", "zero", "full", "random", "urandom"])
        {
            if (!File.Exists($"/dev/{name}")) continue;
            File.WriteAllBytes($"{scratch}/{name}", []);
            Mount($"/dev/{name}", $"{scratch}/{name}", null, LinuxNative.MountBind, null);
        }

        _ = Directory.CreateDirectory($"{scratch}/vmbus");
        File.WriteAllBytes($"{scratch}/{DevicePath}", []);
        device.MountAt($"{scratch}/{DevicePath}");
        Mount(scratch, "/dev", null, LinuxNative.MountMove, null);
    }

    /// <summary>Puts a pools folder in place: <paramref name="folder"/>, or one in memory.</summary>
    internal static void MountPools(string? folder)
    {
        // First at the temporary folder: what covers /var/lib below may hide the folder itself.
        string scratch = Path.TrimEndingDirectorySeparator(Path.GetTempPath());
        if (folder is null) Mount("kvprpc", scratch, "tmpfs", LinuxNative.MountNoSuid, "mode=755");
        else Mount(folder, scratch, null, LinuxNative.MountBind, null);
        if (!Directory.Exists(PoolsPath))
        {
            Mount("kvprpc", Path.GetDirectoryName(PoolsPath)!, "tmpfs", LinuxNative.MountNoSuid, "mode=755");
            _ = Directory.CreateDirectory(PoolsPath);
        }

        Mount(scratch, PoolsPath, null, LinuxNative.MountMove, null);
    }

    internal static void Mount(string source, string target, string? type, nuint flags, string? data)
    {
        if (LinuxNative.Mount(source, target, type, flags, data) is 0) return;
        int error = Marshal.GetLastPInvokeError();
        throw new Win32Exception(error, $"{source} cannot be mounted at {target}: {Marshal.GetPInvokeErrorMessage(error)}.");
    }
}
