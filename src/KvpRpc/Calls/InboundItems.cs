using System.Buffers;
using KvpRpc.Links;

namespace KvpRpc.Calls;

/// <summary>What came for one stream among a call's arguments while another was read.</summary>
/// <remarks>Its bytes are copied: the link's credit is for all streams, and must not be held by one that
/// waits.</remarks>
internal sealed class InboundItems : IDisposable
{
    private readonly Queue<(byte[] Bytes, int Length)> _kept = new();
    private int _keptBytes;
    private uint _consumedBytes;
    private bool _hasBegun;

    /// <summary>Gets or sets whether nothing more comes.</summary>
    internal bool HasEnded { get; set; }

    internal bool TryBegin() => !_hasBegun && (_hasBegun = true);

    /// <summary>Keeps the values of a message; false if they are more than the caller may send.</summary>
    internal bool TryKeep(ReadOnlySpan<byte> payload)
    {
        if (_keptBytes >= OutboundArguments.WindowBytes)
            return false;
        byte[] copy = ArrayPool<byte>.Shared.Rent(payload.Length);
        payload.CopyTo(copy);
        _kept.Enqueue((copy, payload.Length));
        _keptBytes += payload.Length;
        return true;
    }

    internal bool TryTake(out ItemCursor cursor)
    {
        cursor = default;
        if (!_kept.TryDequeue(out (byte[] Bytes, int Length) first))
            return false;
        _keptBytes -= first.Length;
        KvpLinkMessage message = new(
            first.Bytes.AsMemory(0, first.Length), HasContent: true, IsEndOfStream: false, new Rented(first.Bytes));
        cursor = new ItemCursor(message, 0);
        return true;
    }

    /// <summary>Gives credit back for what the handler is done with, half a window at a time.</summary>
    internal void Consume(int bytes, ItemSender sender, uint argument)
    {
        _consumedBytes += (uint)bytes;
        if (_consumedBytes < OutboundArguments.WindowBytes / 2 || HasEnded)
            return;
        sender.GrantCredit(argument, _consumedBytes);
        _consumedBytes = 0;
    }

    public void Dispose()
    {
        while (_kept.TryDequeue(out (byte[] Bytes, int Length) kept))
            ArrayPool<byte>.Shared.Return(kept.Bytes);
    }

    private sealed class Rented(byte[] bytes) : IDisposable
    {
        public void Dispose() => ArrayPool<byte>.Shared.Return(bytes);
    }
}
