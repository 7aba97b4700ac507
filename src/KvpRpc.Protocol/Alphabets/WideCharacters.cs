namespace KvpRpc.Protocol.Alphabets;

/// <summary>The 32768 characters that stand for 15 bits each: <c>protocol/alphabets.md</c>, "The wide
/// characters".</summary>
/// <remarks>
/// Letters, digits and symbols of the BMP, assigned in Unicode 6.0 or before, that no normalization form, alone or
/// beside each other, and no case mapping changes; each takes three bytes of UTF-8. They come in aligned blocks of
/// sixteen, in the order of their code points, so two small tables that stay in the first-level cache turn values into
/// characters and back. There is no handful of ranges to reckon with instead: runs of 128 or more such characters hold
/// fewer than 30000.
/// </remarks>
internal static class WideCharacters
{
    internal const int Bits = 15;
    internal const int Count = 1 << Bits;
    internal const int Utf8Bytes = 3;

    // Odd, so that every value comes before one comes again; near the golden section, so that neighbours lie far apart.
    private const uint ProbeStep = 20251;

    private const int BlockBits = 4;
    private const short NoValue = -BlockSize;
    private const int BlockSize = 1 << BlockBits;
    private const int BlockMask = BlockSize - 1;

    // By block of values: its first character. By block of characters: its first value, or NoValue.
    private static readonly ushort[] FirstCharacters = ListBlocks();
    private static readonly short[] FirstValues = Reverse(FirstCharacters);

    /// <summary>Gets first and last character of each range, by code point.</summary>
    internal static ReadOnlySpan<ushort> Ranges =>
    [
        0x0E10, 0x0E2F, 0x1000, 0x101F, 0x1200, 0x123F, 0x1260, 0x127F, 0x1290, 0x12AF, 0x12E0, 0x130F,
        0x1320, 0x134F, 0x1410, 0x165F, 0x16A0, 0x16DF, 0x1780, 0x17AF, 0x1820, 0x183F, 0x1850, 0x186F,
        0x18B0, 0x18EF, 0x1980, 0x199F, 0x19E0, 0x1A0F, 0x1A20, 0x1A4F, 0x1BC0, 0x1BDF, 0x1C00, 0x1C1F,
        0x1C50, 0x1C6F, 0x21D0, 0x21FF, 0x22B0, 0x22DF, 0x2330, 0x23EF, 0x2400, 0x241F, 0x24F0, 0x26FF,
        0x2710, 0x275F, 0x2780, 0x27BF, 0x27F0, 0x297F, 0x29A0, 0x29CF, 0x2A10, 0x2A6F, 0x2A80, 0x2ACF,
        0x2AE0, 0x2B3F, 0x2D30, 0x2D5F, 0x2D80, 0x2D8F, 0x2E80, 0x2E8F, 0x2EA0, 0x2EEF, 0x3080, 0x308F,
        0x30E0, 0x30EF, 0x3110, 0x311F, 0x31A0, 0x31AF, 0x31C0, 0x31DF, 0x31F0, 0x31FF, 0x3400, 0x4DAF,
        0x4DC0, 0x9FBF, 0xA000, 0xA00F, 0xA020, 0xA47F, 0xA490, 0xA4BF, 0xA4D0, 0xA4EF, 0xA500, 0xA5FF,
        0xA610, 0xA61F, 0xA6A0, 0xA6EF, 0xA810, 0xA81F, 0xA840, 0xA86F, 0xA890, 0xA8AF, 0xA900, 0xA91F,
        0xA930, 0xA93F, 0xA990, 0xA9AF, 0xAA00, 0xAA1F, 0xAA60, 0xAA6F, 0xAA80, 0xAAAF, 0xABC0, 0xABDF,
    ];

    /// <summary>Gives the character of a value; bits above the fifteenth count for nothing.</summary>
    internal static char FromValue(uint value) =>
        (char)(FirstCharacters[(value & (Count - 1)) >> BlockBits] | (value & BlockMask));

    /// <summary>Gives the values of a probe in their order: first and last of each range, then steps that go all over
    /// the rest, from a start that the seed gives.</summary>
    internal static uint ProbeValue(int index, uint seed) =>
        index < Ranges.Length
            ? (uint)ToValue((char)Ranges[index])
            : (seed + ((uint)index * ProbeStep)) & (Count - 1);

    /// <summary>Gives the value of a character; a negative number for one that has none.</summary>
    internal static int ToValue(char character) => FirstValues[character >> BlockBits] + (character & BlockMask);

    private static ushort[] ListBlocks()
    {
        List<ushort> blocks = new(Count / BlockSize);
        for (int i = 0; i < Ranges.Length; i += 2)
        {
            for (int first = Ranges[i]; first < Ranges[i + 1]; first += BlockSize)
                blocks.Add((ushort)first);
        }

        return [.. blocks];
    }

    private static short[] Reverse(ushort[] firstCharacters)
    {
        short[] firstValues = new short[(char.MaxValue + 1) / BlockSize];
        Array.Fill(firstValues, NoValue);
        for (int i = 0; i < firstCharacters.Length; i++)
            firstValues[firstCharacters[i] / BlockSize] = (short)(i * BlockSize);
        return firstValues;
    }
}
