using System.Buffers;
using System.IO.Compression;
using KvpRpc.Links;

namespace KvpRpc.Calls;

/// <summary>Compresses the payloads of messages, and expands them: <c>protocol/calls.md</c>, section 12.</summary>
internal static class MessageCompression
{
    /// <summary>The bit for Brotli in <see cref="CallField.Compression"/>.</summary>
    internal const uint Brotli = 1;

    /// <summary>Shorter payloads hardly shrink, and share an item of the table with others as they are.</summary>
    internal const int MinPayloadBytes = 256;

    // Of lists, maps and logs of 1 to 100 KB in MessagePack this leaves 9 to 28 % less than level 1, and 16 to 39 %
    // less than the quickest Deflate, for 10 to 100 microseconds a kilobyte: the medium takes milliseconds for that.
    private const int Quality = 5;

    // 256 KiB: most messages as a whole. A larger window costs both sides memory for the few that are larger.
    private const int WindowBits = 18;

    /// <summary>Compresses the payload of a whole message, if that makes it shorter.</summary>
    internal static void TryCompress(PooledBuffer message)
    {
        bool isRead = CallMessage.TryRead(message.WrittenMemory.Span, out CallMessage parts);
        System.Diagnostics.Debug.Assert(isRead && !parts.IsCompressed, "It was written here.");
        int start = parts.PayloadStart;
        Span<byte> payload = message.WrittenSpan[start..];
        if (payload.Length < MinPayloadBytes)
            return;
        byte[] shorter = ArrayPool<byte>.Shared.Rent(payload.Length);
        try
        {
            Span<byte> target = shorter.AsSpan(0, payload.Length - 1);
            if (!BrotliEncoder.TryCompress(payload, target, out int length, Quality, WindowBits))
                return;
            target[..length].CopyTo(payload);
            message.Truncate(start + length);
            CallMessage.MarkCompressed(message.WrittenSpan);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(shorter);
        }
    }

    /// <summary>Gets a compressed message as it is without compression, the payload at the same place.</summary>
    /// <param name="message">The message.</param>
    /// <param name="payloadStart">Where its payload begins.</param>
    /// <param name="maxBytes">The most bytes that it may come to. Not many more are ever written or held.</param>
    /// <param name="expanded">The message; it has taken the other one over, and both go with it.</param>
    /// <returns>Done, or DestinationTooSmall: the limit was passed, or InvalidData: the payload is no whole stream with
    /// something in it. Then nothing was taken over.</returns>
    internal static OperationStatus TryExpand(
        in KvpLinkMessage message, int payloadStart, int maxBytes, out KvpLinkMessage expanded)
    {
        PooledBuffer buffer = new();
        OperationStatus status = Expand(message.Data.Span, payloadStart, maxBytes, buffer);
        expanded = default;
        if (status == OperationStatus.Done)
            expanded = message with { Data = buffer.WrittenMemory, Owner = new Expanded(buffer, message.Owner) };
        else
            buffer.Release();
        return status;
    }

    /// <summary>Gets a message of this side for a peer that has not said that it takes compressed ones.</summary>
    internal static ReadOnlyMemory<byte> ToPlain(byte[] message)
    {
        if (!CallMessage.TryRead(message, out CallMessage parts) || !parts.IsCompressed)
            return message;
        PooledBuffer buffer = new();
        OperationStatus status = Expand(message, parts.PayloadStart, int.MaxValue, buffer);
        System.Diagnostics.Debug.Assert(status == OperationStatus.Done, "It was compressed here.");
        byte[] plain = buffer.WrittenMemory.ToArray();
        buffer.Release();
        return plain;
    }

    private static OperationStatus Expand(
        ReadOnlySpan<byte> message, int payloadStart, int maxBytes, PooledBuffer target)
    {
        message[..payloadStart].CopyTo(target.GetSpan(payloadStart));
        target.Advance(payloadStart);
        CallMessage.MarkPlain(target.WrittenSpan);
        ReadOnlySpan<byte> rest = message[payloadStart..];
        BrotliDecoder decoder = default;
        try
        {
            while (target.Length <= maxBytes)
            {
                Span<byte> room = target.GetSpan(1);
                int most = (int)Math.Min(room.Length, (long)maxBytes - target.Length + 1);
                OperationStatus status = decoder.Decompress(rest, room[..most], out int consumed, out int written);
                target.Advance(written);
                rest = rest[consumed..];
                if (status == OperationStatus.DestinationTooSmall)
                    continue;
                if (target.Length > maxBytes)
                    break;
                bool isWhole = status == OperationStatus.Done && rest.IsEmpty && target.Length > payloadStart;
                return isWhole ? OperationStatus.Done : OperationStatus.InvalidData;
            }

            return OperationStatus.DestinationTooSmall;
        }
        finally
        {
            decoder.Dispose();
        }
    }

    private sealed class Expanded(PooledBuffer buffer, IDisposable? compressed) : IDisposable
    {
        public void Dispose()
        {
            buffer.Release();
            compressed?.Dispose();
        }
    }
}
