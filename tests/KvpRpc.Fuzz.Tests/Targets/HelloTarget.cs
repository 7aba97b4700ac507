using System.Buffers.Binary;
using KvpRpc.Protocol.Hellos;
using KvpRpc.Protocol.Wire;

namespace KvpRpc.Fuzz.Tests.Targets;

/// <summary>The bytes of a hello.</summary>
internal static class HelloTarget
{
    // The fixed part: magic, versions, length, role, two ids, a public key. Then fields, known up to number 8.
    private const int LengthAt = 4;
    private const int FieldsAt = 7 + 16 + 16 + 32;
    private const ulong LastKnownField = 8;

    internal static FuzzTarget Instance { get; } = new("hello", 64 << 10, input => Run(input.Span));

    private static bool Run(ReadOnlySpan<byte> input)
    {
        HelloCodec.TryReadVersions(input, out _, out _);
        if (HelloCodec.TryRead(input) is not { } hello)
            return false;
        Finding.UnlessEqual(WithKnownFields(input), HelloCodec.Write(hello), "a hello");
        return true;
    }

    // What a later version adds is skipped, and not written again.
    private static byte[] WithKnownFields(ReadOnlySpan<byte> input)
    {
        byte[] kept = new byte[input.Length];
        input[..FieldsAt].CopyTo(kept);
        int length = FieldsAt;
        ReadOnlySpan<byte> rest = input[FieldsAt..];
        while (!rest.IsEmpty)
        {
            WireReader reader = new(rest);
            Finding.Unless(
                reader.TryReadVarInt(out ulong field) && reader.TryReadPrefixed(out _), $"a hello has half a field");
            ReadOnlySpan<byte> whole = rest[..^reader.Rest.Length];
            if (field <= LastKnownField)
            {
                whole.CopyTo(kept.AsSpan(length));
                length += whole.Length;
            }

            rest = reader.Rest;
        }

        BinaryPrimitives.WriteUInt16BigEndian(kept.AsSpan(LengthAt), (ushort)length);
        return kept[..length];
    }
}
