namespace KvpRpc.Protocol.Wire;

/// <summary>Unsigned numbers in as few bytes as they need: seven bits a byte, the lowest first, the high bit set on all
/// but the last (LEB128). Only the shortest form is accepted, so that no text has two spellings.</summary>
internal static class VarInt
{
    /// <summary>The largest number: 2^62 - 1, in nine bytes.</summary>
    internal const ulong Max = (1UL << 62) - 1;

    /// <summary>The longest form, in bytes.</summary>
    internal const int MaxBytes = 9;

    internal static int Size(ulong value)
    {
        int size = 1;
        while (value >= 0x80)
        {
            value >>= 7;
            size++;
        }

        return size;
    }

    /// <summary>Writes the number and gives how many bytes it took; the caller has seen to the room.</summary>
    internal static int Write(Span<byte> destination, ulong value)
    {
        int at = 0;
        while (value >= 0x80)
        {
            destination[at++] = (byte)(value | 0x80);
            value >>= 7;
        }

        destination[at++] = (byte)value;
        return at;
    }

    /// <summary>Reads a number; false when it is cut short, too large or not in its shortest form.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> source, out ulong value, out int bytesRead)
    {
        value = 0;
        bytesRead = 0;
        for (int i = 0; i < source.Length && i < MaxBytes; i++)
        {
            byte part = source[i];
            value |= (ulong)(part & 0x7F) << (7 * i);
            if (part >= 0x80)
                continue;
            if ((part == 0 && i > 0) || value > Max)
                return false;
            bytesRead = i + 1;
            return true;
        }

        return false;
    }
}
