using System.Buffers;
using KvpRpc.Generated;
using MessagePack;

namespace KvpRpc.Generator.Tests.Contracts;

/// <summary>Writes and reads values as bytes.</summary>
internal static class Wire
{
    internal static byte[] Write<T>(RpcSerializer<T> serializer, T value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        serializer.Write(ref writer, value);
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    internal static T Read<T>(RpcSerializer<T> serializer, ReadOnlyMemory<byte> bytes) =>
        Read(serializer, new ReadOnlySequence<byte>(bytes));

    internal static T Read<T>(RpcSerializer<T> serializer, ReadOnlySequence<byte> bytes)
    {
        var reader = new MessagePackReader(bytes);
        T value = serializer.Read(ref reader);
        Assert.True(reader.End);
        Assert.Equal(0, reader.Depth);
        return value;
    }
}
