using System.ComponentModel;
using System.Runtime.InteropServices;

namespace KvpRpc.Emulator.Daemon;

/// <summary>An open /dev/fuse: requests of the kernel come in, answers and notices go out.</summary>
/// <remarks>One thread receives; any thread may answer and <see cref="Wake"/>. When the process dies in any way the
/// kernel closes the descriptor, ends all requests and makes the file a dead one.</remarks>
internal sealed unsafe class FuseConnection : IDisposable
{
    private static int _connections;

    private readonly int _fuse;
    private readonly int _wake;
    private readonly byte[] _received = GC.AllocateArray<byte>(FuseAbi.BufferBytes, pinned: true);

    internal FuseConnection()
    {
        const int Flags = LinuxNative.ReadWrite | LinuxNative.NonBlocking | LinuxNative.CloseOnExec;
        _fuse = LinuxNative.Open("/dev/fuse", Flags);
        if (_fuse < 0) throw new Win32Exception(Marshal.GetLastPInvokeError(), "/dev/fuse cannot be opened.");
        _wake = LinuxNative.EventCounter(0, LinuxNative.NonBlocking | LinuxNative.CloseOnExec);
        if (_wake >= 0) return;
        int error = Marshal.GetLastPInvokeError();
        _ = LinuxNative.Close(_fuse);
        throw new Win32Exception(error, "No eventfd.");
    }

    /// <summary>Gets the name under which the mount shows in /proc/*/mountinfo.</summary>
    internal string Source { get; } = $"kvprpc-{Environment.ProcessId}-{Interlocked.Increment(ref _connections)}";

    /// <summary>Gets whether the kernel has ended the connection; an administrator can make it do so.</summary>
    internal bool IsEnded { get; private set; }

    /// <summary>Gets the data for mount(2) of a file system that is one regular file.</summary>
    internal string MountOptions =>
        $"fd={_fuse},rootmode={Convert.ToString(FuseAbi.FileMode, 8)},user_id=0,group_id=0,allow_other";

    /// <summary>Waits for a request, for <see cref="Wake"/> or for the end of the connection.</summary>
    /// <returns>The request, valid until the next call; else empty.</returns>
    internal ReadOnlySpan<byte> Receive()
    {
        LinuxNative.PollEntry* entries = stackalloc LinuxNative.PollEntry[2];
        while (true)
        {
            entries[0] = new() { Descriptor = _wake, Events = LinuxNative.PollIn };
            entries[1] = new() { Descriptor = _fuse, Events = LinuxNative.PollIn };
            if (LinuxNative.Poll(entries, (nuint)(IsEnded ? 1 : 2), -1) < 0) continue;
            if (entries[0].Returned is not 0)
            {
                ulong count;
                _ = LinuxNative.Read(_wake, (byte*)&count, sizeof(ulong));
                return [];
            }

            byte* buffer = (byte*)Marshal.UnsafeAddrOfPinnedArrayElement(_received, 0);
            nint length = LinuxNative.Read(_fuse, buffer, FuseAbi.BufferBytes);
            if (length > 0) return _received.AsSpan(0, (int)length);

            // ENOENT: the request was interrupted before it came here.
            int error = Marshal.GetLastPInvokeError();
            if (error is LinuxNative.Interrupted or LinuxNative.TryAgain or LinuxNative.NoEntry) continue;
            IsEnded = true;
            return [];
        }
    }

    /// <summary>Makes <see cref="Receive"/> return with nothing.</summary>
    internal void Wake()
    {
        ulong one = 1;
        _ = LinuxNative.Write(_wake, (byte*)&one, sizeof(ulong));
    }

    /// <summary>Answers a request with an error number, or with 0.</summary>
    internal void Answer(ulong unique, int error) => Send(unique, -error, []);

    /// <summary>Answers a request with a structure.</summary>
    internal void Answer<T>(ulong unique, in T answer)
        where T : unmanaged => Send(unique, 0, MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in answer)));

    /// <summary>Answers a read with bytes.</summary>
    internal void AnswerBytes(ulong unique, ReadOnlySpan<byte> bytes) => Send(unique, 0, bytes);

    /// <summary>Tells the kernel to poll again.</summary>
    internal void NotifyPoll(ulong kernelHandle) =>
        Send(0, FuseAbi.NotifyPoll, MemoryMarshal.AsBytes(new ReadOnlySpan<ulong>(in kernelHandle)));

    /// <inheritdoc/>
    public void Dispose()
    {
        _ = LinuxNative.Close(_fuse);
        _ = LinuxNative.Close(_wake);
    }

    private void Send(ulong unique, int error, ReadOnlySpan<byte> body)
    {
        // One write is one answer. Errors are ignored: they mean that nobody waits for it any more.
        byte* answer = stackalloc byte[sizeof(FuseAbi.OutHeader) + body.Length];
        int length = sizeof(FuseAbi.OutHeader) + body.Length;
        *(FuseAbi.OutHeader*)answer = new() { Length = (uint)length, Error = error, Unique = unique };
        body.CopyTo(new Span<byte>(answer + sizeof(FuseAbi.OutHeader), body.Length));
        _ = LinuxNative.Write(_fuse, answer, (nuint)length);
    }
}
