using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace KvpRpc.Emulator.Daemon;

/// <summary>System calls that give a thread mounts of its own, prepared first and then made one after the other on a
/// thread that does nothing else and ends.</summary>
/// <remarks>A new thread gets the mount namespace of the thread that creates it, and the runtime creates threads on any
/// thread that makes it do so: queueing to the thread pool, a garbage collection, a method that is compiled. One pool
/// thread with the mounts of a guest would be a trap for the whole program. So between the first call and the end of
/// the thread nothing managed happens: no allocation, no library code, no stub that is bound on first use, no
/// tiering.</remarks>
internal sealed unsafe class MountScript : IDisposable
{
    private readonly List<Step> _steps = [];
    private readonly List<string> _words = [];
    private readonly List<nint> _texts = [];

    private enum Call
    {
        Unshare,
        Mount,
        CreateFile,
        CreateFolder,
        Open,
    }

    internal void Unshare() =>
        Add(new() { Call = Call.Unshare, Flags = LinuxNative.NewMountNamespace }, "No mount namespace can be made");

    internal void Mount(string source, string target, string? type, nuint flags, string? data) => Add(
        new()
        {
            Call = Call.Mount,
            Path = Text(target),
            Source = Text(source),
            Type = Text(type),
            Flags = flags,
            Data = Text(data),
        },
        $"{source} cannot be mounted at {target}");

    internal void CreateFile(string path) =>
        Add(new() { Call = Call.CreateFile, Path = Text(path) }, $"{path} cannot be created");

    internal void CreateFolder(string path) =>
        Add(new() { Call = Call.CreateFolder, Path = Text(path) }, $"{path} cannot be created");

    internal void Open(string path, int flags) =>
        Add(new() { Call = Call.Open, Path = Text(path), Flags = (nuint)flags }, $"{path} cannot be opened");

    /// <summary>Makes the calls.</summary>
    /// <returns>What was opened, in the order of the calls.</returns>
    /// <exception cref="Win32Exception">A call failed; those before it are undone with the thread's mounts.</exception>
    internal SafeFileHandle[] Run()
    {
        Functions functions = Functions.Bind();
        Step[] steps = [.. _steps];
        int done = 0;
        int error = 0;
        var thread = new Thread(() => done = Run(steps, functions, out error)) { Name = "mounts" };
        thread.Start();
        thread.Join();
        SafeFileHandle[] opened =
        [
            .. steps.Take(done)
                .Where(step => step.Call is Call.Open)
                .Select(step => new SafeFileHandle(step.Result, ownsHandle: true)),
        ];
        if (done == steps.Length) return opened;
        foreach (SafeFileHandle handle in opened) handle.Dispose();
        throw new Win32Exception(error, $"{_words[done]}: {Marshal.GetPInvokeErrorMessage(error)}.");
    }

    /// <inheritdoc/>
    public void Dispose() => _texts.ForEach(Marshal.FreeCoTaskMem);

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static int Run(Step[] steps, in Functions functions, out int error)
    {
        error = 0;
        for (int index = 0; index < steps.Length; index++)
        {
            ref Step step = ref steps[index];
            step.Result = step.Call switch
            {
                Call.Unshare => functions.Unshare((int)step.Flags),
                Call.Mount => functions.Mount(step.Source, step.Path, step.Type, step.Flags, step.Data),
                Call.CreateFile => functions.MakeNode(step.Path, LinuxNative.RegularFile | 0x1A4, 0),
                Call.CreateFolder => functions.MakeFolder(step.Path, 0x1ED),
                _ => functions.Open(step.Path, (int)step.Flags),
            };
            if (step.Result >= 0) continue;
            error = *functions.Error();
            return index;
        }

        return steps.Length;
    }

    private void Add(in Step step, string words)
    {
        _steps.Add(step);
        _words.Add(words);
    }

    private nint Text(string? text)
    {
        if (text is null) return 0;
        _texts.Add(Marshal.StringToCoTaskMemUTF8(text));
        return _texts[^1];
    }

    private struct Step
    {
        internal Call Call;
        internal nint Path;
        internal nint Source;
        internal nint Type;
        internal nint Data;
        internal nuint Flags;
        internal int Result;
    }

    private struct Functions
    {
        internal delegate* unmanaged<int, int> Unshare;
        internal delegate* unmanaged<nint, nint, nint, nuint, nint, int> Mount;
        internal delegate* unmanaged<nint, uint, ulong, int> MakeNode;
        internal delegate* unmanaged<nint, uint, int> MakeFolder;
        internal delegate* unmanaged<nint, int, int> Open;
        internal delegate* unmanaged<int*> Error;

        internal static Functions Bind()
        {
            nint libc = NativeLibrary.Load("libc", typeof(MountScript).Assembly, DllImportSearchPath.SafeDirectories);
            return new()
            {
                Unshare = (delegate* unmanaged<int, int>)NativeLibrary.GetExport(libc, "unshare"),
                Mount = (delegate* unmanaged<nint, nint, nint, nuint, nint, int>)NativeLibrary.GetExport(libc, "mount"),
                MakeNode = (delegate* unmanaged<nint, uint, ulong, int>)NativeLibrary.GetExport(libc, "mknod"),
                MakeFolder = (delegate* unmanaged<nint, uint, int>)NativeLibrary.GetExport(libc, "mkdir"),
                Open = (delegate* unmanaged<nint, int, int>)NativeLibrary.GetExport(libc, "open"),
                Error = (delegate* unmanaged<int*>)NativeLibrary.GetExport(libc, "__errno_location"),
            };
        }
    }
}
