using System.Buffers.Binary;

namespace KvpRpc.Protocol.Tests.Simulation;

/// <summary>A message of the echo application: which call, which place in it, what came before it, and what it
/// answers.</summary>
internal readonly record struct EchoMessage(
    ulong CallId, uint Index, ulong Before, ulong Echo, uint RepliesWanted, uint ReplyBytes)
{
    internal const int HeadBytes = 8 + 4 + 8 + 8 + 4 + 4;

    internal byte[] Write(int length)
    {
        byte[] bytes = new byte[Math.Max(length, HeadBytes)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, CallId);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), Index);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(12), Before);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(20), Echo);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(28), RepliesWanted);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(32), ReplyBytes);
        for (int i = HeadBytes; i < bytes.Length; i++)
            bytes[i] = Filler(i);
        return bytes;
    }

    internal static EchoMessage? Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeadBytes)
            return null;
        EchoMessage message = new(
            BinaryPrimitives.ReadUInt64LittleEndian(bytes),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[12..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[20..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[28..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[32..]));
        for (int i = HeadBytes; i < bytes.Length; i++)
        {
            if (bytes[i] != message.Filler(i))
                return null;
        }

        return message;
    }

    /// <summary>Gives the chain after this message: what the next one names as <see cref="Before"/>.</summary>
    internal ulong After(int length)
    {
        KeyedHash hash = new(Before);
        hash.Add(CallId);
        hash.Add(Index);
        hash.Add(Echo);
        hash.Add((ulong)length);
        return (ulong)hash.Finish();
    }

    private byte Filler(int at) => (byte)((at * 31) + (int)CallId + (int)Index + (at >> 8));
}
