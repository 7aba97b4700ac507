using System.Diagnostics.CodeAnalysis;
using KvpRpc.Generated;
using MessagePack;

namespace KvpRpc.Calls;

/// <summary>Writes and reads the one MessagePack value that is a message's payload.</summary>
internal static class Payload
{
    internal static void Write<T>(PooledBuffer buffer, RpcSerializer<T> serializer, in T value)
    {
        MessagePackWriter writer = new(buffer);
        serializer.Write(ref writer, in value);
        writer.Flush();
    }

    /// <summary>Reads the value; false if the bytes are not exactly one.</summary>
    internal static bool TryRead<T>(
        ReadOnlyMemory<byte> bytes,
        RpcSerializer<T> serializer,
        [MaybeNullWhen(false)] out T value,
        out Exception? error)
    {
        try
        {
            MessagePackReader reader = new(bytes);
            value = serializer.Read(ref reader);
            error = null;
            return reader.End;
        }
        catch (Exception exception)
        {
            // Whatever it is: bytes of the peer made generated code or a user's formatter throw.
            value = default;
            error = exception;
            return false;
        }
    }
}
