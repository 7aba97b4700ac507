using System.Buffers;

namespace KvpRpc.Generator.Tests;

/// <summary>Bytes that lie apart in memory, one by one: the worst that a reader can meet.</summary>
internal sealed class Pieces : ReadOnlySequenceSegment<byte>
{
    private Pieces(ReadOnlyMemory<byte> memory, long index) => (Memory, RunningIndex) = (memory, index);

    internal static ReadOnlySequence<byte> Of(ReadOnlyMemory<byte> bytes)
    {
        var first = new Pieces(ReadOnlyMemory<byte>.Empty, 0);
        Pieces last = first;
        for (int i = 0; i < bytes.Length; i++)
        {
            var next = new Pieces(bytes.Slice(i, 1), i);
            last.Next = next;
            last = next;
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }
}
