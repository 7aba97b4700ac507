using System.Buffers.Binary;
using System.Numerics;

namespace KvpRpc.Protocol.Alphabets;

/// <summary>Fifteen bits a unit, for a medium that counts UTF-16 units only: a Windows guest.</summary>
/// <remarks>
/// The bits of the bytes, lowest first, then a one, then zeros to the end of the unit: the highest one of the last unit
/// says where the bytes end, and nothing has two spellings. See <c>protocol/alphabets.md</c>.
/// </remarks>
internal sealed class Wide15Alphabet : Alphabet
{
    internal static readonly Wide15Alphabet Instance = new();

    private const int UnitBits = WideCharacters.Bits;
    private const ulong UnitMask = WideCharacters.Count - 1;

    // Eight units are fifteen bytes.
    private const int GroupUnits = 8;
    private const int GroupBytes = 15;

    internal override char Mark => 'w';

    internal override int Number => 1;

    internal override int MaxBytes(int units) => ((units * UnitBits) - 1) / 8;

    internal override int UnitsFor(int bytes) => (bytes * 8 / UnitBits) + 1;

    internal override int MaxUtf8Bytes(int units) => units * WideCharacters.Utf8Bytes;

    internal override int Encode(ReadOnlySpan<byte> bytes, Span<char> text)
    {
        int units = 0;
        for (; bytes.Length >= GroupBytes; bytes = bytes[GroupBytes..])
        {
            Span<char> group = text.Slice(units, GroupUnits);
            WriteHalf(BinaryPrimitives.ReadUInt64LittleEndian(bytes), group);
            WriteHalf(BinaryPrimitives.ReadUInt64LittleEndian(bytes[7..]) >> 4, group[4..]);
            units += GroupUnits;
        }

        uint held = 0;
        int heldBits = 0;
        foreach (byte value in bytes)
        {
            held |= (uint)value << heldBits;
            heldBits += 8;
            if (heldBits < UnitBits)
                continue;
            text[units++] = WideCharacters.FromValue(held);
            held >>= UnitBits;
            heldBits -= UnitBits;
        }

        text[units++] = WideCharacters.FromValue(held | (1u << heldBits));
        return units;
    }

    internal override bool TryDecode(ReadOnlySpan<char> text, Span<byte> bytes, out int count)
    {
        count = 0;
        if (text.IsEmpty)
            return false;
        int last = WideCharacters.ToValue(text[^1]);
        if (last <= 0)
            return false;
        int lastBits = BitOperations.Log2((uint)last);
        long bits = ((long)(text.Length - 1) * UnitBits) + lastBits;
        if ((bits & 7) != 0 || bits >> 3 > bytes.Length)
            return false;

        text = text[..^1];
        int bad = 0;
        int written = 0;
        for (; text.Length >= GroupUnits; text = text[GroupUnits..])
        {
            ulong low = ReadHalf(text, ref bad);
            ulong high = ReadHalf(text[4..], ref bad);
            Span<byte> group = bytes.Slice(written, GroupBytes);
            BinaryPrimitives.WriteUInt64LittleEndian(group, low | (high << 60));
            BinaryPrimitives.WriteUInt64LittleEndian(group[7..], (low >> 56) | (high << 4));
            written += GroupBytes;
        }

        ulong held = 0;
        int heldBits = 0;
        foreach (char unit in text)
        {
            int value = WideCharacters.ToValue(unit);
            bad |= value;
            held |= ((ulong)value & UnitMask) << heldBits;
            heldBits += UnitBits;
            for (; heldBits >= 8; heldBits -= 8, held >>= 8)
                bytes[written++] = (byte)held;
        }

        held |= ((ulong)last ^ (1ul << lastBits)) << heldBits;
        for (heldBits += lastBits; heldBits > 0; heldBits -= 8, held >>= 8)
            bytes[written++] = (byte)held;
        if (bad < 0)
            return false;
        count = written;
        return true;
    }

    internal override bool TryDecodeHead(ReadOnlySpan<char> text, Span<byte> bytes, out int count)
    {
        const int HeadUnits = HeadBytes / GroupBytes * GroupUnits;
        count = 0;
        if (text.Length <= HeadUnits)
            return false;
        // Whole groups, and the unit that ends a text of them.
        Span<char> head = stackalloc char[HeadUnits + 1];
        text[..HeadUnits].CopyTo(head);
        head[HeadUnits] = WideCharacters.FromValue(1);
        return TryDecode(head, bytes, out count);
    }

    internal override void WriteProbe(Span<char> text, uint seed)
    {
        for (int i = 0; i < text.Length; i++)
            text[i] = WideCharacters.FromValue(WideCharacters.ProbeValue(i, seed));
    }

    private static void WriteHalf(ulong bits, Span<char> units)
    {
        units[3] = WideCharacters.FromValue((uint)(bits >> (3 * UnitBits)));
        units[0] = WideCharacters.FromValue((uint)bits);
        units[1] = WideCharacters.FromValue((uint)(bits >> UnitBits));
        units[2] = WideCharacters.FromValue((uint)(bits >> (2 * UnitBits)));
    }

    private static ulong ReadHalf(ReadOnlySpan<char> units, ref int bad)
    {
        int v3 = WideCharacters.ToValue(units[3]);
        int v0 = WideCharacters.ToValue(units[0]);
        int v1 = WideCharacters.ToValue(units[1]);
        int v2 = WideCharacters.ToValue(units[2]);
        bad |= v0 | v1 | v2 | v3;
        return ((ulong)v0 & UnitMask) | (((ulong)v1 & UnitMask) << UnitBits)
            | (((ulong)v2 & UnitMask) << (2 * UnitBits)) | (((ulong)v3 & UnitMask) << (3 * UnitBits));
    }
}
