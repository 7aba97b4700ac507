using System.Buffers;

namespace KvpRpc.Guest.Linux;

/// <summary>The records of a pool file as they were while its lock was held, in a pooled buffer.</summary>
internal sealed class PoolImage : IDisposable
{
    /// <summary>The records that are looked at; a file may hold more. Bounds memory: 8 MiB.</summary>
    internal const int MaxRecords = 8 * 1024 * 1024 / PoolRecord.Size;

    private byte[] _bytes;

    private PoolImage(byte[] bytes, int count, int tailLength, long fileLength)
    {
        _bytes = bytes;
        Count = count;
        TailLength = tailLength;
        FileLength = fileLength;
    }

    /// <summary>Gets how many whole records there are.</summary>
    internal int Count { get; private set; }

    /// <summary>Gets how many bytes after the last whole record there are: a record that somebody died
    /// writing.</summary>
    internal int TailLength { get; }

    /// <summary>Gets the length that the file had.</summary>
    internal long FileLength { get; }

    /// <summary>Gets whether the file holds more than is looked at.</summary>
    internal bool IsCapped => FileLength / PoolRecord.Size > MaxRecords;

    /// <summary>Gets a whole record.</summary>
    internal ReadOnlySpan<byte> this[int record] => _bytes.AsSpan(record * PoolRecord.Size, PoolRecord.Size);

    /// <summary>Reads a file under its lock.</summary>
    /// <param name="file">The file.</param>
    /// <param name="spareRecords">How many records may be appended to the image.</param>
    internal static PoolImage Read(PoolFile file, int spareRecords = 0)
    {
        long fileLength = file.GetLength();
        int wanted = (int)Math.Min(fileLength, MaxRecords * PoolRecord.Size);
        byte[] bytes = ArrayPool<byte>.Shared.Rent(wanted + (spareRecords * PoolRecord.Size));
        try
        {
            int length = file.Read(bytes.AsSpan(0, wanted));
            return new PoolImage(bytes, length / PoolRecord.Size, length % PoolRecord.Size, fileLength);
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(bytes);
            throw;
        }
    }

    /// <summary>Makes an image of bytes that are no file.</summary>
    internal static PoolImage Of(ReadOnlySpan<byte> file, int spareRecords = 0)
    {
        byte[] bytes = ArrayPool<byte>.Shared.Rent(file.Length + (spareRecords * PoolRecord.Size));
        file.CopyTo(bytes);
        return new PoolImage(bytes, file.Length / PoolRecord.Size, file.Length % PoolRecord.Size, file.Length);
    }

    /// <summary>Does to the image what was done to the file.</summary>
    internal void Apply(PoolStep step, ReadOnlySpan<byte> record)
    {
        int position = (int)step.Position;
        switch (step.Kind)
        {
            case PoolStepKind.SetLength:
                int count = position / PoolRecord.Size;
                if (count > Count)
                    _bytes.AsSpan(Count * PoolRecord.Size, (count - Count) * PoolRecord.Size).Clear();
                Count = count;
                break;
            case PoolStepKind.Clear:
                _bytes[position] = 0;
                break;
            default:
                record.Slice(step.Start, step.Length).CopyTo(_bytes.AsSpan(position));
                break;
        }
    }

    /// <summary>Gives the buffer back.</summary>
    public void Dispose()
    {
        byte[] bytes = Interlocked.Exchange(ref _bytes, []);
        if (bytes.Length > 0)
            ArrayPool<byte>.Shared.Return(bytes);
    }
}
