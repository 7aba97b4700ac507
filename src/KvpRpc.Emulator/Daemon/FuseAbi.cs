using System.Runtime.InteropServices;

namespace KvpRpc.Emulator.Daemon;

/// <summary>The part of the FUSE kernel protocol that one file needs: numbers and layouts of linux/fuse.h,
/// 7.31.</summary>
internal static class FuseAbi
{
    internal const uint Major = 7;
    internal const uint Minor = 31;

    /// <summary>What a write may carry; a larger one comes in parts, and a message of the daemon must not.</summary>
    internal const int MaxWrite = 16 * 1024;

    /// <summary>The kernel refuses to fill a buffer that could not take the largest write with its headers.</summary>
    internal const int BufferBytes = MaxWrite + 4096;

    /// <summary>A regular file, read and written by root.</summary>
    internal const uint FileMode = 0x8180;

    internal const uint OpenDirectIo = 1 << 0;
    internal const uint OpenNonSeekable = 1 << 2;
    internal const uint InitBigWrites = 1 << 5;
    internal const uint PollScheduleNotify = 1 << 0;
    internal const int NotifyPoll = 1;

    /// <summary>POLLIN and POLLRDNORM.</summary>
    internal const uint PollReadable = 0x41;

    /// <summary>The number of a request.</summary>
    internal enum Operation : uint
    {
        Forget = 2,
        GetAttributes = 3,
        Open = 14,
        Read = 15,
        Write = 16,
        StatFileSystem = 17,
        Release = 18,
        Flush = 25,
        Init = 26,
        Access = 34,
        Interrupt = 36,
        Destroy = 38,
        Poll = 40,
        BatchForget = 42,
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct InHeader
    {
        internal uint Length;
        internal Operation Operation;
        internal ulong Unique;
        internal ulong Node;
        internal uint User;
        internal uint Group;
        internal uint Process;
        internal uint Extension;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct OutHeader
    {
        internal uint Length;
        internal int Error;
        internal ulong Unique;
    }

    /// <summary>fuse_init_out; what is not named stays zero.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 64)]
    internal struct InitOut
    {
        internal uint Major;
        internal uint Minor;
        internal uint MaxReadAhead;
        internal uint Flags;
        internal ushort MaxBackground;
        internal ushort CongestionThreshold;
        internal uint MaxWrite;
    }

    /// <summary>fuse_attr_out with its fuse_attr.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 104)]
    internal struct AttributesOut
    {
        internal ulong ValidSeconds;
        internal uint ValidNanoseconds;
        internal uint Padding;
        internal ulong Inode;
        internal ulong Size;
        internal ulong Blocks;
        internal ulong AccessTime;
        internal ulong ModifyTime;
        internal ulong ChangeTime;
        internal uint AccessNanoseconds;
        internal uint ModifyNanoseconds;
        internal uint ChangeNanoseconds;
        internal uint Mode;
        internal uint Links;
    }

    /// <summary>fuse_statfs_out: an empty file system.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 80)]
    internal struct StatFileSystemOut
    {
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct OpenOut
    {
        internal ulong Handle;
        internal uint OpenFlags;
        internal uint Padding;
    }

    /// <summary>fuse_read_in and fuse_write_in, which agree; the data of a write follows.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct TransferIn
    {
        internal ulong Handle;
        internal ulong Offset;
        internal uint Size;
        internal uint TransferFlags;
        internal ulong LockOwner;
        internal uint Flags;
        internal uint Padding;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct WriteOut
    {
        internal uint Size;
        internal uint Padding;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct PollIn
    {
        internal ulong Handle;
        internal ulong KernelHandle;
        internal uint Flags;
        internal uint Events;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct PollOut
    {
        internal uint Events;
        internal uint Padding;
    }
}
