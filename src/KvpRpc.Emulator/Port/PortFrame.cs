using System.Buffers;
using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using MessagePack;

namespace KvpRpc.Emulator.Port;

/// <summary>The frames of a guest port: a length of four bytes, little-endian, and a MessagePack array.</summary>
/// <remarks>
/// <code>
/// client                                   server
/// [Hello, version, prefix]                 [Hello, 0, key units, value units, value bytes or nil, batch items]
/// [ReadPeer | ReadOwn, from the start?]    [ReadPeer | ReadOwn, 0, more?, [key, value, key, value, ...]]
/// [Write, [key, value or nil, ...]]        [Write, 0, [outcome, error or nil, ...]]
/// [Wait]                                   [Wait, 0]
///                                          [operation, 1, kind of error, message]
/// </code>
/// Both ends run on one machine and are of one version; a frame that is not as above ends the connection.
/// </remarks>
internal static class PortFrame
{
    internal const int Version = 1;
    internal const int StatusOk = 0;
    internal const int StatusError = 1;

    /// <summary>More than a full batch of the longest items takes.</summary>
    internal const int MaxLength = 1 << 20;

    /// <summary>A part of a table ends at the first item beyond it.</summary>
    internal const int PartLength = 1 << 16;

    internal delegate void BodyWriter<in T>(ref MessagePackWriter writer, T state);

    /// <summary>Makes a frame.</summary>
    internal static ReadOnlyMemory<byte> Make<T>(T state, BodyWriter<T> write)
    {
        ArrayBufferWriter<byte> buffer = new(256);
        buffer.GetSpan(sizeof(int))[..sizeof(int)].Clear();
        buffer.Advance(sizeof(int));
        MessagePackWriter writer = new(buffer);
        write(ref writer, state);
        writer.Flush();
        if (!MemoryMarshal.TryGetArray(buffer.WrittenMemory, out ArraySegment<byte> frame))
            throw new InvalidOperationException("The buffer has no array.");
        BinaryPrimitives.WriteInt32LittleEndian(frame, frame.Count - sizeof(int));
        return frame;
    }

    /// <summary>Reads the next frame, without its length; null at the end of the stream.</summary>
    /// <exception cref="InvalidDataException">The length is not one that is ever sent.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    internal static async ValueTask<byte[]?> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        byte[] header = new byte[sizeof(int)];
        int read = await stream.ReadAtLeastAsync(header, header.Length, throwOnEndOfStream: false, cancellationToken)
            .ConfigureAwait(false);
        if (read < header.Length) return null;
        int length = BinaryPrimitives.ReadInt32LittleEndian(header);
        if (length is <= 0 or > MaxLength) throw new InvalidDataException($"A frame cannot have {length} bytes.");
        byte[] frame = new byte[length];
        await stream.ReadExactlyAsync(frame, cancellationToken).ConfigureAwait(false);
        return frame;
    }

    /// <summary>Gets whether the exception says that the other end is gone, or does not speak this language.</summary>
    internal static bool IsConnectionError(Exception exception) =>
        exception is IOException or InvalidDataException or MessagePackSerializationException
            or SocketException or OverflowException or ObjectDisposedException;
}
