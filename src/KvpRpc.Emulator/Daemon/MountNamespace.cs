using System.ComponentModel;
using Microsoft.Win32.SafeHandles;

namespace KvpRpc.Emulator.Daemon;

/// <summary>A view of the machine's files in which a guest's daemon finds its device and its pools; processes enter it
/// through <see cref="Path"/>.</summary>
/// <remarks>Nothing of it is visible outside, nothing has to be undone: the kernel takes the mounts away when the last
/// descriptor of the view is closed and the last process in it has ended, however that came about.</remarks>
internal sealed class MountNamespace : IDisposable
{
    private const string PoolsPath = "/var/lib/hyperv";
    private static readonly string[] Nodes = ["null", "zero", "full", "random", "urandom"];

    private readonly SafeFileHandle _namespace;
    private readonly SafeFileHandle _pools;

    private MountNamespace(SafeFileHandle ns, SafeFileHandle pools, string poolFolder) =>
        (_namespace, _pools, PoolFolder) = (ns, pools, poolFolder);

    /// <summary>Gets the path to give to <c>nsenter --mount=</c>.</summary>
    internal string Path => PathOf(_namespace);

    /// <summary>Gets the path by which processes outside reach the pools folder.</summary>
    /// <remarks>One in memory has a name of its own below the descriptor, whose number may be given to another file
    /// later: a path kept for too long leads nowhere, never to the pools of another guest.</remarks>
    internal string PoolFolder { get; }

    /// <summary>Builds the view.</summary>
    /// <param name="fuse">Becomes /dev/vmbus/hv_kvp.</param>
    /// <param name="poolFolder">Becomes /var/lib/hyperv; null for a folder in memory.</param>
    /// <exception cref="Win32Exception">The rights or the kernel do not allow it.</exception>
    internal static MountNamespace Build(FuseConnection fuse, string? poolFolder)
    {
        using var script = new MountScript();
        script.Unshare();

        // Without this the mounts below would spread to the machine on systems where / is shared.
        script.Mount("none", "/", null, LinuxNative.MountRecursive | LinuxNative.MountPrivate, null);
        MountDevices(script, fuse);
        MountPools(script, fuse.Source, poolFolder);
        script.Open("/proc/thread-self/ns/mnt", LinuxNative.CloseOnExec);
        SafeFileHandle[] opened = script.Run();
        return new MountNamespace(opened[1], opened[0], poolFolder ?? $"{PathOf(opened[0])}/{fuse.Source}");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _pools.Dispose();
        _namespace.Dispose();
    }

    /// <summary>A /dev with the emulated device and the few nodes that every program needs.</summary>
    /// <remarks>The machine's own /dev stays as it is: no /dev/vmbus is made there, and one that exists, on a real
    /// Hyper-V guest, is not touched. Without /dev/log the daemon's log does not get into the machine's.</remarks>
    private static void MountDevices(MountScript script, FuseConnection fuse)
    {
        // Built at the temporary folder, which is there again when the result has moved.
        string scratch = Scratch();
        script.Mount("kvprpc", scratch, "tmpfs", LinuxNative.MountNoSuid, "mode=755");
        foreach (string name in Nodes.Where(name => File.Exists($"/dev/{name}")))
        {
            script.CreateFile($"{scratch}/{name}");
            script.Mount($"/dev/{name}", $"{scratch}/{name}", null, LinuxNative.MountBind, null);
        }

        script.CreateFolder($"{scratch}/vmbus");
        script.CreateFile($"{scratch}/vmbus/hv_kvp");
        script.Mount(fuse.Source, $"{scratch}/vmbus/hv_kvp", "fuse", LinuxNative.MountNoSuid, fuse.MountOptions);
        script.Mount(scratch, "/dev", null, LinuxNative.MountMove, null);
    }

    /// <summary>The pools folder: that of the caller, or one in memory, which can be reached from outside
    /// too.</summary>
    private static void MountPools(MountScript script, string name, string? folder)
    {
        // First at the temporary folder: what covers /var/lib below may hide the folder itself.
        string scratch = Scratch();
        if (folder is null)
        {
            script.Mount("kvprpc", scratch, "tmpfs", LinuxNative.MountNoSuid, "mode=755");
            script.CreateFolder($"{scratch}/{name}");
        }
        else script.Mount(folder, scratch, null, LinuxNative.MountBind, null);

        script.Open(scratch, LinuxNative.PathOnly | LinuxNative.CloseOnExec);
        if (!Directory.Exists(PoolsPath))
        {
            script.Mount("kvprpc", "/var/lib", "tmpfs", LinuxNative.MountNoSuid, "mode=755");
            script.CreateFolder(PoolsPath);
        }

        string source = folder is null ? $"{scratch}/{name}" : scratch;
        script.Mount(source, PoolsPath, null, LinuxNative.MountBind, null);
    }

    private static string Scratch() => System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetTempPath());

    private static string PathOf(SafeFileHandle handle) =>
        $"/proc/{Environment.ProcessId}/fd/{handle.DangerousGetHandle()}";
}
