using KvpRpc.Protocol.Wire;

namespace KvpRpc.Calls;

/// <summary>The numbers of a call's header: the same varint as the link's (<see cref="VarInt"/>).</summary>
internal static class Varint
{
    internal const int MaxBytes = VarInt.MaxBytes;

    internal static int GetLength(ulong value) => VarInt.Size(value);

    /// <summary>Writes a number of at most <see cref="VarInt.Max"/> and returns how many bytes it took.</summary>
    internal static int Write(Span<byte> target, ulong value) => VarInt.Write(target, value);

    /// <summary>Takes a number from the front of <paramref name="bytes"/>; false if there is none.</summary>
    internal static bool TryRead(ref ReadOnlySpan<byte> bytes, out ulong value)
    {
        if (!VarInt.TryRead(bytes, out value, out int count))
            return false;
        bytes = bytes[count..];
        return true;
    }
}
