using System.Buffers;

namespace KvpRpc.Calls;

/// <summary>A buffer for one message, in memory of the shared pool, that refuses to grow past a limit.</summary>
/// <remarks>Not thread-safe. After <see cref="Release"/> it is empty and can be used again.</remarks>
internal sealed class PooledBuffer : IBufferWriter<byte>
{
    private const int MinBytes = 256;

    private byte[] _array = [];
    private int _length;

    /// <summary>Gets or sets the most bytes of a message.</summary>
    internal int MaxBytes { get; set; } = int.MaxValue;

    internal int Length => _length;

    internal ReadOnlyMemory<byte> WrittenMemory => _array.AsMemory(0, _length);

    internal Span<byte> WrittenSpan => _array.AsSpan(0, _length);

    /// <exception cref="MessageTooLargeException">The message passed the limit.</exception>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _array.Length - _length);
        _length += count;

        // Here and not where memory is asked for: writers ask for the worst case of what they will write.
        if (_length > MaxBytes)
            throw new MessageTooLargeException();
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _array.AsMemory(_length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _array.AsSpan(_length);
    }

    /// <summary>Empties the buffer and keeps its memory.</summary>
    internal void Clear() => _length = 0;

    /// <summary>Takes back what was written after the first bytes.</summary>
    internal void Truncate(int length) => _length = length;

    /// <summary>Empties the buffer and gives its memory back.</summary>
    internal void Release()
    {
        byte[] array = _array;
        _array = [];
        _length = 0;
        if (array.Length > 0)
            ArrayPool<byte>.Shared.Return(array);
    }

    private void Reserve(int sizeHint)
    {
        int needed = Math.Max(sizeHint, 1);
        if (_array.Length - _length >= needed)
            return;
        long wanted = Math.Max(2L * _array.Length, (long)_length + needed);
        int size = Math.Max(MinBytes, (int)Math.Min(wanted, Array.MaxLength));
        byte[] larger = ArrayPool<byte>.Shared.Rent(size);
        _array.AsSpan(0, _length).CopyTo(larger);
        if (_array.Length > 0)
            ArrayPool<byte>.Shared.Return(_array);
        _array = larger;
    }
}
