using KvpRpc.Protocol.Wire;

namespace KvpRpc.Protocol.Frames;

/// <summary>A frame whose body is one to three numbers: a reset, credit, or a report on an alphabet.</summary>
/// <param name="Type">Which; it tells how many numbers there are.</param>
/// <param name="First">The stream, the limit of an open credit, or the alphabet.</param>
/// <param name="Second">The code, the limit of a stream's credit, or the item.</param>
/// <param name="Third">The length of a probe.</param>
internal readonly record struct NumberFrame(FrameType Type, ulong First, ulong Second = 0, ulong Third = 0)
{
    /// <summary>Writes the frame; false when it does not fit.</summary>
    internal bool TryWrite(ref WireWriter writer)
    {
        int count = CountOf(Type);
        int size = VarInt.Size(First) + (count > 1 ? VarInt.Size(Second) : 0) + (count > 2 ? VarInt.Size(Third) : 0);
        if (writer.Room < 2 + size)
            return false;
        writer.WriteByte((byte)Type);
        writer.WriteVarInt((ulong)size);
        writer.WriteVarInt(First);
        if (count > 1)
            writer.WriteVarInt(Second);
        if (count > 2)
            writer.WriteVarInt(Third);
        return true;
    }

    /// <summary>Reads the body of a frame of this type; false unless it is exactly its numbers.</summary>
    internal static bool TryRead(FrameType type, ReadOnlySpan<byte> body, out NumberFrame frame)
    {
        frame = default;
        int count = CountOf(type);
        WireReader reader = new(body);
        ulong second = 0;
        ulong third = 0;
        if (!reader.TryReadVarInt(out ulong first) || (count > 1 && !reader.TryReadVarInt(out second))
            || (count > 2 && !reader.TryReadVarInt(out third)) || !reader.IsEmpty
            || (type == FrameType.Reset && second > uint.MaxValue))
            return false;
        frame = new(type, first, second, third);
        return true;
    }

    private static int CountOf(FrameType type) => type switch
    {
        FrameType.OpenCredit => 1,
        FrameType.AlphabetReport => 3,
        _ => 2,
    };
}
