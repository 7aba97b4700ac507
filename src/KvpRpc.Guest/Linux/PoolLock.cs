using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace KvpRpc.Guest.Linux;

/// <summary>The two locks of a pool file, both of which end when the file is closed.</summary>
/// <remarks>
/// <para>The daemon locks with <c>fcntl</c>. Such a lock of our own would end when <em>any</em> descriptor of the file
/// is closed in this process, so ours is the lock of an open file description, which excludes the daemon's all the
/// same. cloud-init and azure-init lock with <c>flock</c>, which is another lock, so that one is taken too.</para>
/// <para>Both are only ever tried. Whoever waits for one must not hold the other: the daemon would wait with it, and
/// the host's transaction with the daemon.</para>
/// </remarks>
internal static class PoolLock
{
    // Some 100 microseconds in all. The daemon holds its lock for some ten at a time: shorter than any timer.
    private const int ShortTries = 128;

    /// <summary>Tries for the length of a usual hold of the daemon.</summary>
    /// <returns>0 when the file is locked, else the error number.</returns>
    internal static int TryTake(SafeFileHandle file, PoolAccess access)
    {
        int error = 0;
        for (int attempt = 0; attempt < ShortTries; attempt++)
        {
            error = TryTakeOnce(file, access);
            if (error is 0 || !IsBusy(error))
                return error;
            Thread.Yield();
        }

        return error;
    }

    /// <summary>Gets whether an error of a lock says that somebody else holds it.</summary>
    internal static bool IsBusy(int error) => error is Libc.TryAgain or Libc.AccessDenied;

    /// <summary>Takes the <c>fcntl</c> kind of lock alone, on a file that nobody else locks with
    /// <c>flock</c>.</summary>
    internal static int TryTakeRange(SafeFileHandle file, PoolAccess access)
    {
        Libc.RangeLock range = new() { Type = access == PoolAccess.Read ? Libc.ReadLock : Libc.WriteLock };
        return Libc.Control(file, Libc.SetOpenFileLock, ref range) == 0 ? 0 : Marshal.GetLastPInvokeError();
    }

    private static int TryTakeOnce(SafeFileHandle file, PoolAccess access)
    {
        int kind = access == PoolAccess.Read ? Libc.LockShared : Libc.LockExclusive;
        if (Libc.FileLock(file, kind | Libc.LockNonBlocking) != 0)
            return Marshal.GetLastPInvokeError();

        int error = TryTakeRange(file, access);
        if (error != 0)
            _ = Libc.FileLock(file, Libc.Unlock);
        return error;
    }
}
