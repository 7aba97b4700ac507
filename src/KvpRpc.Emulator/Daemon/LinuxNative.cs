using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace KvpRpc.Emulator.Daemon;

/// <summary>The system calls that .NET has no type for, as glibc and musl name them. 64-bit Linux only.</summary>
internal static unsafe partial class LinuxNative
{
    internal const int ReadWrite = 2;
    internal const int NonBlocking = 0x800;
    internal const int CloseOnExec = 0x80000;
    internal const int PathOnly = 0x200000;
    internal const uint RegularFile = 0x8000;
    internal const int NewMountNamespace = 0x20000;

    internal const nuint MountNoSuid = 2;
    internal const nuint MountBind = 4096;
    internal const nuint MountMove = 8192;
    internal const nuint MountRecursive = 16384;
    internal const nuint MountPrivate = 1 << 18;

    internal const short PollIn = 1;

    internal const int SignalKill = 9;
    internal const int SignalContinue = 18;
    internal const int SignalStop = 19;

    /// <summary>F_OFD_SETLKW: waits for a lock that belongs to the open file, not to the process.</summary>
    internal const int LockOpenFile = 38;
    internal const short LockForReading = 0;
    internal const short LockForWriting = 1;

    internal const int NoEntry = 2;
    internal const int Interrupted = 4;
    internal const int TryAgain = 11;
    internal const int Busy = 16;
    internal const int NoDevice = 19;
    internal const int Invalid = 22;
    internal const int NotImplemented = 38;

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static partial nint Read(int descriptor, byte* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static partial nint Write(int descriptor, byte* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static partial int Poll(PollEntry* entries, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static partial int EventCounter(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static partial int Signal(int process, int signal);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static partial int Lock(SafeFileHandle file, int command, in FileLock fileLock);

    /// <summary>One entry of poll(2).</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct PollEntry
    {
        internal int Descriptor;
        internal short Events;
        internal short Returned;
    }

    /// <summary>struct flock; zeros mean the whole file.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct FileLock
    {
        internal short Type;
        internal short Whence;
        internal long Start;
        internal long Length;
        internal int Process;
    }
}
