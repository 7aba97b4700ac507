using System.Collections.Immutable;
using System.Text;
using KvpRpc.Emulator.Guests;
using Microsoft.Win32.SafeHandles;

namespace KvpRpc.Emulator.Daemon;

/// <summary>A pool file as a whole, for checkpoints: records of 512 and 2048 bytes, under the lock that the daemon and
/// its other users take.</summary>
internal static class PoolFile
{
    private const int RecordBytes = KernelConversion.KeyFieldBytes + KernelConversion.ValueFieldBytes;

    /// <summary>Reads all whole records; none if there is no such file. Bytes that are not UTF-8 become
    /// U+FFFD.</summary>
    internal static ImmutableArray<KvpRecord> Read(string folder, KvpPool pool)
    {
        if (!File.Exists(PathOf(folder, pool))) return [];
        using FileStream file = Open(folder, pool, FileMode.Open, FileAccess.Read);
        Lock(file.SafeFileHandle, LinuxNative.LockForReading);
        ImmutableArray<KvpRecord>.Builder records = ImmutableArray.CreateBuilder<KvpRecord>();
        byte[] record = new byte[RecordBytes];
        while (file.ReadAtLeast(record, RecordBytes, throwOnEndOfStream: false) is RecordBytes)
        {
            records.Add(new KvpRecord(
                Text(record.AsSpan(0, KernelConversion.KeyFieldBytes)),
                Text(record.AsSpan(KernelConversion.KeyFieldBytes))));
        }

        return records.ToImmutable();
    }

    /// <summary>Puts these records in the place of all that are there; the file itself stays, with those who watch it.
    /// </summary>
    internal static void Write(string folder, KvpPool pool, ImmutableArray<KvpRecord> records)
    {
        byte[] bytes = new byte[records.Length * RecordBytes];
        for (int index = 0; index < records.Length; index++)
        {
            Span<byte> record = bytes.AsSpan(index * RecordBytes, RecordBytes);
            Span<byte> value = record[KernelConversion.KeyFieldBytes..];
            const KernelNls Nls = KernelNls.StopsAtWhatDoesNotFit;
            _ = KernelConversion.ToGuest(records[index].Key, record[..KernelConversion.KeyFieldBytes], Nls);
            _ = KernelConversion.ToGuest(records[index].Value, value, Nls);
        }

        using FileStream file = Open(folder, pool, FileMode.OpenOrCreate, FileAccess.ReadWrite);
        Lock(file.SafeFileHandle, LinuxNative.LockForWriting);
        file.SetLength(0);
        file.Write(bytes);
    }

    private static string PathOf(string folder, KvpPool pool) => Path.Join(folder, $".kvp_pool_{(int)pool}");

    private static FileStream Open(string folder, KvpPool pool, FileMode mode, FileAccess access) =>
        new(PathOf(folder, pool), mode, access, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);

    private static void Lock(SafeFileHandle file, short type)
    {
        // Released when the file is closed.
        var whole = new LinuxNative.FileLock { Type = type };
        if (LinuxNative.Lock(file, LinuxNative.LockOpenFile, in whole) is not 0)
            throw new IOException("The pool file cannot be locked.");
    }

    private static string Text(ReadOnlySpan<byte> field)
    {
        int end = field.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? field : field[..end]);
    }
}
