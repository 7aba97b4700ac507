using System.Globalization;
using System.Text;
using System.Xml;
using KvpRpc.Protocol.Alphabets;

namespace KvpRpc.Protocol.Tests.Alphabets;

public sealed class WideCharactersTests
{
    [Fact]
    public void The_ranges_are_those_of_the_vectors() =>
        Assert.Equal(
            AlphabetVectors.WideRanges.SelectMany(range => new[] { (ushort)range.First, (ushort)range.Last }),
            WideCharacters.Ranges.ToArray());

    [Fact]
    public void Values_follow_the_order_of_the_code_points()
    {
        uint value = 0;
        foreach ((int first, int last) in AlphabetVectors.WideRanges)
        {
            for (int codePoint = first; codePoint <= last; codePoint++, value++)
            {
                Assert.Equal((char)codePoint, WideCharacters.FromValue(value));
                Assert.Equal((int)value, WideCharacters.ToValue((char)codePoint));
            }
        }

        Assert.Equal((uint)WideCharacters.Count, value);
    }

    [Fact]
    public void Every_other_character_has_no_value()
    {
        int withValue = 0;
        for (int unit = 0; unit <= char.MaxValue; unit++)
            withValue += WideCharacters.ToValue((char)unit) >= 0 ? 1 : 0;
        Assert.Equal(WideCharacters.Count, withValue);
    }

    [Fact]
    public void Every_character_is_a_letter_number_or_symbol_that_XML_carries_in_three_bytes()
    {
        for (uint value = 0; value < WideCharacters.Count; value++)
        {
            char character = WideCharacters.FromValue(value);
            Assert.True(
                char.IsLetterOrDigit(character) || char.IsNumber(character) || char.IsSymbol(character),
                $"U+{(int)character:X4} is {CharUnicodeInfo.GetUnicodeCategory(character)}.");
            Assert.True(XmlConvert.IsXmlChar(character));
            Assert.Equal(3, Encoding.UTF8.GetByteCount([character]));
        }
    }

    [Fact]
    public void No_character_has_another_case()
    {
        for (uint value = 0; value < WideCharacters.Count; value++)
        {
            char character = WideCharacters.FromValue(value);
            Assert.Equal(character, char.ToUpperInvariant(character));
            Assert.Equal(character, char.ToLowerInvariant(character));
        }
    }

    // Hangul, the compatibility blocks, and CJK with compatibility decompositions: what normalization rewrites. Against
    // the whole of the Unicode data the ranges are checked where they were made (protocol/alphabets.md); the runtime
    // normalizes nothing beyond ASCII in invariant mode.
    [Theory]
    [InlineData('\u1100', '\u11FF')]
    [InlineData('\u2F00', '\u2FDF')]
    [InlineData('\u3130', '\u318F')]
    [InlineData('\u3200', '\u33FF')]
    [InlineData('\uA960', '\uA97F')]
    [InlineData('\uAC00', '\uD7FF')]
    [InlineData('\uD800', '\uFFFF')]
    public void Blocks_that_normalization_or_UTF16_treats_apart_are_not_used(char first, char last)
    {
        for (int unit = first; unit <= last; unit++)
            Assert.True(WideCharacters.ToValue((char)unit) < 0);
    }
}
