namespace KvpRpc.Calls;

/// <summary>Numbers of 1 to 9 bytes, up to 2^62 - 1: seven bits each, the lowest first; the top bit says that more
/// follow. The protocol's: <c>protocol/README.md</c>, "Numbers and bytes".</summary>
/// <remarks>A number has one encoding: a last byte of zero after another byte is refused. The link has the same, but
/// calls run over links of any kind and know none.</remarks>
internal static class Varint
{
    internal const int MaxBytes = 9;

    internal const ulong Max = (1UL << 62) - 1;

    internal static int GetLength(ulong value)
    {
        int length = 1;
        for (; value >= 0x80; value >>= 7)
            length++;
        return length;
    }

    /// <summary>Writes a number of at most <see cref="Max"/> and returns how many bytes it took.</summary>
    internal static int Write(Span<byte> target, ulong value)
    {
        int length = 0;
        for (; value >= 0x80; value >>= 7)
            target[length++] = (byte)(value | 0x80);
        target[length++] = (byte)value;
        return length;
    }

    /// <summary>Takes a number from the front of <paramref name="bytes"/>; false if there is none.</summary>
    internal static bool TryRead(ref ReadOnlySpan<byte> bytes, out ulong value)
    {
        value = 0;
        for (int i = 0; i < bytes.Length && i < MaxBytes; i++)
        {
            byte part = bytes[i];
            value |= (ulong)(part & 0x7F) << (7 * i);
            if (part >= 0x80)
                continue;

            // A zero at the end adds nothing and would be a second encoding.
            bytes = bytes[(i + 1)..];
            return value <= Max && (part != 0 || i == 0);
        }

        return false;
    }
}
