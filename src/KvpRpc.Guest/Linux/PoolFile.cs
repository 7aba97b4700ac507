using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace KvpRpc.Guest.Linux;

/// <summary>A pool file, open and locked until it is disposed.</summary>
/// <remarks>It is opened anew for every use: a file that was replaced meanwhile is then the new one.</remarks>
internal sealed class PoolFile : IDisposable
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(4);

    private readonly SafeFileHandle _file;
    private readonly string _path;

    private PoolFile(SafeFileHandle file, string path)
    {
        _file = file;
        _path = path;
    }

    /// <summary>Opens and locks a file; completes at once unless somebody else holds the lock.</summary>
    /// <param name="path">The file.</param>
    /// <param name="access">For what.</param>
    /// <param name="timeout">How long to wait for others to release their lock.</param>
    /// <param name="time">What measures it.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    internal static async ValueTask<PoolFile> OpenAsync(
        string path, PoolAccess access, TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        TimeSpan wait = FirstWait;
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (TryOpen(path, access, out PoolFile? file))
                return file;
            await Task.Delay(wait, time, cancellationToken).ConfigureAwait(false);
            wait = wait * 2 < LongestWait ? wait * 2 : LongestWait;
        }
        while (time.GetElapsedTime(start) < timeout);

        throw PoolErrors.Locked(path, timeout);
    }

    /// <summary>Opens and locks a file now.</summary>
    /// <returns>False when somebody else holds the lock.</returns>
    internal static bool TryOpen(string path, PoolAccess access, [NotNullWhen(true)] out PoolFile? opened)
    {
        opened = null;
        int error = Libc.TryOpen(path, access == PoolAccess.Read ? Libc.ReadOnly : Libc.ReadWrite, out var file);
        if (error != 0)
            throw PoolErrors.Opening(error, path, access);

        error = PoolLock.TryTake(file, access);
        if (error == 0)
        {
            opened = new PoolFile(file, path);
            return true;
        }

        file.Dispose();
        return PoolLock.IsBusy(error) ? false : throw PoolErrors.Using(error, path, "lock");
    }

    /// <summary>Throws what opening the file would throw, without waiting for its lock.</summary>
    internal static void Probe(string path, PoolAccess access)
    {
        _ = TryOpen(path, access, out PoolFile? file);
        file?.Dispose();
    }

    /// <summary>Gets the length in bytes.</summary>
    internal long GetLength()
    {
        long length = Libc.Seek(_file, 0, Libc.SeekEnd);
        return length >= 0 ? length : throw PoolErrors.Using(Marshal.GetLastPInvokeError(), _path, "read");
    }

    /// <summary>Reads from the start.</summary>
    /// <returns>How many bytes were read: less than asked for when the file ends before.</returns>
    internal int Read(Span<byte> bytes)
    {
        int done = 0;
        while (done < bytes.Length)
        {
            nint count = Libc.Read(_file, bytes[done..], bytes.Length - done, done);
            if (count == 0)
                break;
            if (count > 0)
                done += (int)count;
            else if (Marshal.GetLastPInvokeError() is int error and not Libc.Interrupted)
                throw PoolErrors.Using(error, _path, "read");
        }

        return done;
    }

    /// <summary>Does one step of a plan.</summary>
    /// <returns>0, or the error number; a part of the bytes may then be written.</returns>
    internal int TryApply(PoolStep step, ReadOnlySpan<byte> record) => step.Kind switch
    {
        PoolStepKind.SetLength => TrySetLength(step.Position),
        PoolStepKind.Clear => TryWrite([0], step.Position),
        _ => TryWrite(record.Slice(step.Start, step.Length), step.Position),
    };

    /// <summary>Closes the file, which ends the locks.</summary>
    public void Dispose() => _file.Dispose();

    private int TrySetLength(long length) =>
        Libc.SetLength(_file, length) == 0 ? 0 : Marshal.GetLastPInvokeError();

    private int TryWrite(ReadOnlySpan<byte> bytes, long position)
    {
        while (!bytes.IsEmpty)
        {
            nint count = Libc.Write(_file, bytes, bytes.Length, position);
            if (count >= 0)
            {
                bytes = bytes[(int)count..];
                position += count;
            }
            else if (Marshal.GetLastPInvokeError() is int error and not Libc.Interrupted)
            {
                return error;
            }
        }

        return 0;
    }
}
