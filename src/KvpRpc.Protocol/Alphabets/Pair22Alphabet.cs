using System.Buffers.Binary;
using System.Numerics;

namespace KvpRpc.Protocol.Alphabets;

/// <summary>Twenty-two bits in two units and four bytes of UTF-8, for a medium that counts both: a Linux
/// guest.</summary>
/// <remarks>
/// A pair is one of 64 ASCII characters (six bits) and one of the 32768 wide characters (fifteen); which of them comes
/// first is one bit more. The bits of the bytes, lowest first, then a one, then zeros to the end of the pair, as in
/// <see cref="Wide15Alphabet"/>. See <c>protocol/alphabets.md</c>.
/// </remarks>
internal sealed class Pair22Alphabet : Alphabet
{
    internal static readonly Pair22Alphabet Instance = new();

    private const int PairBits = 22;
    private const int AsciiAt = WideCharacters.Bits;
    private const int OrderAt = PairBits - 1;

    // Four pairs are eleven bytes.
    private const int GroupPairs = 4;
    private const int GroupBytes = 11;

    private static readonly sbyte[] AsciiValues = ReverseOf(AsciiCharacters);

    internal override char Mark => 'p';

    internal override int Number => 2;

    /// <summary>Gets the letters of base64url (RFC 4648 section 5), in its order.</summary>
    internal static ReadOnlySpan<byte> AsciiCharacters =>
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"u8;

    internal override int MaxBytes(int units) => ((units / 2 * PairBits) - 1) / 8;

    internal override int UnitsFor(int bytes) => ((bytes * 8 / PairBits) + 1) * 2;

    internal override int MaxUtf8Bytes(int units) => units / 2 * (1 + WideCharacters.Utf8Bytes);

    internal override int Encode(ReadOnlySpan<byte> bytes, Span<char> text)
    {
        int units = 0;
        for (; bytes.Length >= GroupBytes; bytes = bytes[GroupBytes..])
        {
            Span<char> group = text.Slice(units, GroupPairs * 2);
            ulong low = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
            ulong high = BinaryPrimitives.ReadUInt64LittleEndian(bytes[3..]) >> 20;
            WritePair((uint)(high >> PairBits), group[6..]);
            WritePair((uint)low, group);
            WritePair((uint)(low >> PairBits), group[2..]);
            WritePair((uint)high, group[4..]);
            units += GroupPairs * 2;
        }

        ulong held = 0;
        int heldBits = 0;
        foreach (byte value in bytes)
        {
            held |= (ulong)value << heldBits;
            heldBits += 8;
            if (heldBits < PairBits)
                continue;
            WritePair((uint)held, text[units..]);
            units += 2;
            held >>= PairBits;
            heldBits -= PairBits;
        }

        WritePair((uint)held | (1u << heldBits), text[units..]);
        return units + 2;
    }

    internal override bool TryDecode(ReadOnlySpan<char> text, Span<byte> bytes, out int count)
    {
        count = 0;
        if (text.IsEmpty || (text.Length & 1) != 0)
            return false;
        int bad = 0;
        uint last = ReadPair(text[^2..], ref bad);
        if (bad < 0 || last == 0)
            return false;
        int lastBits = BitOperations.Log2(last);
        long bits = (((long)text.Length / 2) - 1) * PairBits + lastBits;
        if ((bits & 7) != 0 || bits >> 3 > bytes.Length)
            return false;

        text = text[..^2];
        int written = 0;
        for (; text.Length >= GroupPairs * 2; text = text[(GroupPairs * 2)..])
        {
            ulong p3 = ReadPair(text[6..], ref bad);
            ulong p0 = ReadPair(text, ref bad);
            ulong p1 = ReadPair(text[2..], ref bad);
            ulong p2 = ReadPair(text[4..], ref bad);
            Span<byte> group = bytes.Slice(written, GroupBytes);
            ulong middle = (p1 >> 2) | (p2 << 20) | (p3 << 42);
            BinaryPrimitives.WriteUInt64LittleEndian(group, p0 | (p1 << PairBits) | (p2 << 44));
            BinaryPrimitives.WriteUInt64LittleEndian(group[3..], middle);
            written += GroupBytes;
        }

        ulong held = 0;
        int heldBits = 0;
        for (; !text.IsEmpty; text = text[2..])
        {
            held |= (ulong)ReadPair(text, ref bad) << heldBits;
            heldBits += PairBits;
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
        const int HeadUnits = HeadBytes / GroupBytes * GroupPairs * 2;
        count = 0;
        if (text.Length <= HeadUnits)
            return false;
        // Whole groups, and the pair that ends a text of them.
        Span<char> head = stackalloc char[HeadUnits + 2];
        text[..HeadUnits].CopyTo(head);
        WritePair(1, head[HeadUnits..]);
        return TryDecode(head, bytes, out count);
    }

    internal override void WriteProbe(Span<char> text, uint seed)
    {
        // Both orders of each edge, both orders of each ASCII character, then all over the rest.
        int pair = 0;
        for (; text.Length >= 2; text = text[2..], pair++)
        {
            uint ascii = (uint)(pair >> 1) & 63;
            uint order = (uint)pair & 1;
            WritePair(WideCharacters.ProbeValue(pair >> 1, seed) | (ascii << AsciiAt) | (order << OrderAt), text);
        }

        if (!text.IsEmpty)
            text[0] = WideCharacters.FromValue(WideCharacters.ProbeValue(pair, seed));
    }

    private static void WritePair(uint bits, Span<char> units)
    {
        uint wide = WideCharacters.FromValue(bits);
        uint ascii = AsciiCharacters[(int)(bits >> AsciiAt) & 63];
        // The order without a branch, which random bits would make cost more than all else: both units in one number,
        // turned.
        uint pair = BitOperations.RotateLeft(wide | (ascii << 16), (int)(bits >> OrderAt & 1) << 4);
        units[1] = (char)(pair >> 16);
        units[0] = (char)pair;
    }

    private static uint ReadPair(ReadOnlySpan<char> units, ref int bad)
    {
        uint second = units[1];
        uint first = units[0];
        uint order = (first - 0x80) >> 31;
        uint pair = BitOperations.RotateRight(first | (second << 16), (int)order << 4);
        int wide = WideCharacters.ToValue((char)pair);
        uint character = pair >> 16;
        int ascii = AsciiValues[(int)character & 0x7F];
        // Negative for a wide character that is none, for an ASCII one that is none, and for one that is not ASCII.
        bad |= wide | ascii | (0x7F - (int)character);
        return ((uint)wide & (WideCharacters.Count - 1)) | (((uint)ascii & 63) << AsciiAt) | (order << OrderAt);
    }

    private static sbyte[] ReverseOf(ReadOnlySpan<byte> characters)
    {
        sbyte[] values = new sbyte[128];
        Array.Fill(values, (sbyte)-1);
        for (int i = 0; i < characters.Length; i++)
            values[characters[i]] = (sbyte)i;
        return values;
    }
}
