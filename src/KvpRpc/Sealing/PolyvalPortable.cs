using System.Buffers.Binary;

namespace KvpRpc.Sealing;

/// <summary>POLYVAL of RFC 8452 section 3 with integer multiplication: no table, no branch on a secret.</summary>
internal struct PolyvalPortable
{
    private const int BlockBytes = AesGcmSiv.BlockBytes;

    private readonly ulong _keyLow;
    private readonly ulong _keyHigh;
    private ulong _low;
    private ulong _high;

    internal PolyvalPortable(ReadOnlySpan<byte> key)
    {
        _keyLow = BinaryPrimitives.ReadUInt64LittleEndian(key);
        _keyHigh = BinaryPrimitives.ReadUInt64LittleEndian(key[sizeof(ulong)..]);
    }

    /// <summary>Adds a text, padded with zeros to whole blocks.</summary>
    internal void Update(ReadOnlySpan<byte> text)
    {
        for (; text.Length >= BlockBytes; text = text[BlockBytes..])
            AddBlock(text);
        if (text.IsEmpty) return;

        Span<byte> padded = stackalloc byte[BlockBytes];
        padded.Clear();
        text.CopyTo(padded);
        AddBlock(padded);
    }

    /// <summary>Writes the sum so far.</summary>
    internal readonly void CopyTo(Span<byte> sum)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(sum, _low);
        BinaryPrimitives.WriteUInt64LittleEndian(sum[sizeof(ulong)..], _high);
    }

    private void AddBlock(ReadOnlySpan<byte> block)
    {
        ulong low = _low ^ BinaryPrimitives.ReadUInt64LittleEndian(block);
        ulong high = _high ^ BinaryPrimitives.ReadUInt64LittleEndian(block[sizeof(ulong)..]);

        // Karatsuba: three products of 64 bits make the product of 128 bits, as four words.
        (ulong word0, ulong low1) = Multiply(low, _keyLow);
        (ulong high0, ulong word3) = Multiply(high, _keyHigh);
        (ulong cross0, ulong cross1) = Multiply(low ^ high, _keyLow ^ _keyHigh);
        ulong word1 = low1 ^ cross0 ^ word0 ^ high0;
        ulong word2 = high0 ^ cross1 ^ low1 ^ word3;

        // Divides by x^128: multiples of x^128 + x^127 + x^126 + x^121 + 1 clear the lower words, one after the other.
        word1 ^= (word0 << 63) ^ (word0 << 62) ^ (word0 << 57);
        word2 ^= word0 ^ (word0 >> 1) ^ (word0 >> 2) ^ (word0 >> 7);
        word2 ^= (word1 << 63) ^ (word1 << 62) ^ (word1 << 57);
        word3 ^= word1 ^ (word1 >> 1) ^ (word1 >> 2) ^ (word1 >> 7);
        _low = word2;
        _high = word3;
    }

    /// <summary>The carry-less product; the upper half is the lower half of the mirrored factors' product.</summary>
    private static (ulong Low, ulong High) Multiply(ulong left, ulong right) =>
        (MultiplyLow(left, right), Mirror(MultiplyLow(Mirror(left), Mirror(right))) >> 1);

    /// <summary>
    /// The lower 64 bits of the carry-less product. Every fourth bit is taken at a time, so that the carries of an
    /// integer product fall into the three bits between and are masked away: below bit 60 at most 15 ones are added.
    /// </summary>
    private static ulong MultiplyLow(ulong left, ulong right)
    {
        const ulong Mask0 = 0x1111_1111_1111_1111;
        const ulong Mask1 = Mask0 << 1;
        const ulong Mask2 = Mask0 << 2;
        const ulong Mask3 = Mask0 << 3;
        ulong left0 = left & Mask0, left1 = left & Mask1, left2 = left & Mask2, left3 = left & Mask3;
        ulong right0 = right & Mask0, right1 = right & Mask1, right2 = right & Mask2, right3 = right & Mask3;
        unchecked
        {
            ulong sum0 = (left0 * right0) ^ (left1 * right3) ^ (left2 * right2) ^ (left3 * right1);
            ulong sum1 = (left0 * right1) ^ (left1 * right0) ^ (left2 * right3) ^ (left3 * right2);
            ulong sum2 = (left0 * right2) ^ (left1 * right1) ^ (left2 * right0) ^ (left3 * right3);
            ulong sum3 = (left0 * right3) ^ (left1 * right2) ^ (left2 * right1) ^ (left3 * right0);
            return (sum0 & Mask0) | (sum1 & Mask1) | (sum2 & Mask2) | (sum3 & Mask3);
        }
    }

    private static ulong Mirror(ulong value)
    {
        value = ((value >> 1) & 0x5555_5555_5555_5555) | ((value & 0x5555_5555_5555_5555) << 1);
        value = ((value >> 2) & 0x3333_3333_3333_3333) | ((value & 0x3333_3333_3333_3333) << 2);
        value = ((value >> 4) & 0x0F0F_0F0F_0F0F_0F0F) | ((value & 0x0F0F_0F0F_0F0F_0F0F) << 4);
        return BinaryPrimitives.ReverseEndianness(value);
    }
}
