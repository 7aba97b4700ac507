using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

[assembly: DefaultDllImportSearchPaths(DllImportSearchPath.System32)]

namespace KvpRpc.Guest.Linux;

/// <summary>The system calls of Linux that .NET has no form of, and those where .NET's own form does harm
/// here.</summary>
/// <remarks>
/// Files are opened here and not by <see cref="System.IO.File"/>: .NET takes a shared <c>flock</c> on every file it
/// opens, which would fail while cloud-init holds its own, and make cloud-init wait as long as the file is open.
/// The constants are those of 64-bit x86 and ARM (asm-generic); other machines are refused when a transport opens.
/// </remarks>
internal static partial class Libc
{
    internal const int ReadOnly = 0;
    internal const int ReadWrite = 2;
    internal const int Create = 0x40;
    internal const int CloseOnExec = 0x80000;

    internal const int LockShared = 1;
    internal const int LockExclusive = 2;
    internal const int LockNonBlocking = 4;
    internal const int Unlock = 8;

    internal const int SetOpenFileLock = 37;
    internal const short ReadLock = 0;
    internal const short WriteLock = 1;

    internal const int SeekEnd = 2;

    internal const uint InModify = 0x2;
    internal const uint InCloseWrite = 0x8;
    internal const uint InMovedTo = 0x80;
    internal const uint InCreate = 0x100;
    internal const uint InDeleteSelf = 0x400;
    internal const uint InMoveSelf = 0x800;
    internal const uint InUnmount = 0x2000;
    internal const uint InOverflow = 0x4000;
    internal const uint InIgnored = 0x8000;
    internal const uint InOnlyFolder = 0x1000000;

    internal const int NotPermitted = 1;
    internal const int NoEntry = 2;
    internal const int Interrupted = 4;
    internal const int TryAgain = 11;
    internal const int AccessDenied = 13;
    internal const int NotFolder = 20;
    internal const int TooManyFilesInSystem = 23;
    internal const int TooManyFiles = 24;
    internal const int NoSpace = 28;
    internal const int ReadOnlyFileSystem = 30;
    internal const int QuotaExceeded = 122;

    /// <summary>Opens a file; -1 and the error in <see cref="Marshal.GetLastPInvokeError"/> when it cannot.</summary>
    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Open(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "pread", SetLastError = true)]
    internal static partial nint Read(SafeFileHandle file, Span<byte> buffer, nint count, long position);

    [LibraryImport("libc", EntryPoint = "pwrite", SetLastError = true)]
    internal static partial nint Write(SafeFileHandle file, ReadOnlySpan<byte> buffer, nint count, long position);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    internal static partial nint ReadNext(SafeFileHandle file, Span<byte> buffer, nint count);

    [LibraryImport("libc", EntryPoint = "lseek", SetLastError = true)]
    internal static partial long Seek(SafeFileHandle file, long offset, int whence);

    [LibraryImport("libc", EntryPoint = "ftruncate", SetLastError = true)]
    internal static partial int SetLength(SafeFileHandle file, long length);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    internal static partial int FileLock(SafeFileHandle file, int operation);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    internal static partial int Control(SafeFileHandle file, int command, ref RangeLock range);

    [LibraryImport("libc", EntryPoint = "inotify_init1", SetLastError = true)]
    internal static partial int InotifyCreate(int flags);

    [LibraryImport("libc", EntryPoint = "inotify_add_watch", SetLastError = true,
        StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int InotifyAdd(SafeFileHandle inotify, string path, uint mask);

    [LibraryImport("libc", EntryPoint = "inotify_rm_watch", SetLastError = true)]
    internal static partial int InotifyRemove(SafeFileHandle inotify, int watch);

    /// <summary>Opens a file that no program started later inherits.</summary>
    /// <returns>The error number, 0 when it is open.</returns>
    internal static int TryOpen(string path, int flags, out SafeFileHandle file)
    {
        const int modeOfNewFile = 0b110_100_100;
        int descriptor;
        int error = 0;
        do
        {
            descriptor = Open(path, flags | CloseOnExec, modeOfNewFile);
            if (descriptor < 0)
                error = Marshal.GetLastPInvokeError();
        }
        while (descriptor < 0 && error == Interrupted);

        file = new SafeFileHandle(descriptor, ownsHandle: true);
        return descriptor < 0 ? error : 0;
    }

    /// <summary><c>struct flock</c> of 64-bit Linux. The process id must be 0 for locks of open file
    /// descriptions.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct RangeLock
    {
        internal short Type;
        internal short Whence;
        internal long Start;
        internal long Length;
        internal int ProcessId;
    }
}
