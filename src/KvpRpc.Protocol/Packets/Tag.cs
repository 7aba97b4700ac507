using System.Buffers.Binary;
using KvpRpc.Protocol.Sealing;

namespace KvpRpc.Protocol.Packets;

/// <summary>The tag of a sealed packet; zero stands for "no packet yet".</summary>
internal readonly record struct Tag(UInt128 Value)
{
    internal static Tag Read(ReadOnlySpan<byte> bytes) =>
        new(BinaryPrimitives.ReadUInt128BigEndian(bytes[..ILinkSealer.TagBytes]));

    internal void CopyTo(Span<byte> destination) => BinaryPrimitives.WriteUInt128BigEndian(destination, Value);
}
