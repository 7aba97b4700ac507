using System.Buffers;
using System.Collections.Concurrent;

namespace KvpRpc.Benchmarks.Rpc.Memory;

/// <summary>The bytes of one message on their way; used again.</summary>
internal sealed class MessageBuffer : IDisposable
{
    private static readonly ConcurrentQueue<MessageBuffer> Free = new();

    private MemoryLinkStream? _sender;
    private byte[] _bytes = [];

    internal ReadOnlyMemory<byte> Data { get; private set; }

    internal static MessageBuffer Copy(ReadOnlySpan<byte> message, MemoryLinkStream sender)
    {
        if (!Free.TryDequeue(out MessageBuffer? buffer))
            buffer = new();
        buffer._bytes = ArrayPool<byte>.Shared.Rent(message.Length);
        message.CopyTo(buffer._bytes);
        buffer.Data = buffer._bytes.AsMemory(0, message.Length);
        buffer._sender = sender;
        return buffer;
    }

    public void Dispose()
    {
        MemoryLinkStream sender = Interlocked.Exchange(ref _sender, null)
            ?? throw new InvalidOperationException("A message was disposed of twice.");
        int length = Data.Length;
        ArrayPool<byte>.Shared.Return(_bytes);
        Data = default;
        Free.Enqueue(this);
        sender.HandleCredit(length);
    }
}
