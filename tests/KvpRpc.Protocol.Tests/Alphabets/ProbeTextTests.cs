using System.Text;
using KvpRpc.Protocol.Alphabets;

namespace KvpRpc.Protocol.Tests.Alphabets;

public sealed class ProbeTextTests
{
    private static readonly Alphabet[] Wide = [Wide15Alphabet.Instance, Pair22Alphabet.Instance];

    [Fact]
    public void Golden_probes_are_written_and_known_as_intact()
    {
        foreach ((Alphabet alphabet, uint seed, string text) in AlphabetVectors.Probes)
        {
            Assert.Equal(text, Write(alphabet, seed, text.Length));
            Assert.Same(alphabet, ProbeText.Find(text[0]));
            Assert.True(ProbeText.IsIntact(alphabet, seed, text));
            Assert.False(ProbeText.IsIntact(alphabet, seed + 1, text));
        }
    }

    [Fact]
    public void A_probe_with_any_unit_altered_is_not_intact()
    {
        foreach ((Alphabet alphabet, uint seed, string text) in AlphabetVectors.Probes)
        {
            char[] altered = text.ToCharArray();
            for (int i = 0; i < altered.Length; i++)
            {
                altered[i] ^= '\u0001';
                Assert.False(ProbeText.IsIntact(alphabet, seed, altered));
                altered[i] ^= '\u0001';
            }
        }
    }

    [Fact]
    public void A_probe_holds_both_ends_of_every_range()
    {
        foreach (Alphabet alphabet in Wide)
        {
            string text = Write(alphabet, seed: 1, units: 1022);
            foreach (char edge in WideCharacters.Ranges.ToArray().Select(edge => (char)edge))
                Assert.Contains(edge, text);
        }
    }

    [Fact]
    public void A_probe_of_pairs_holds_every_ASCII_character_and_every_edge_in_both_places()
    {
        string text = Write(Pair22Alphabet.Instance, seed: 1, units: 1022);
        IEnumerable<char> even = text.Where((_, i) => i > 0 && i % 2 == 1);
        IEnumerable<char> odd = text.Where((_, i) => i > 0 && i % 2 == 0);
        foreach (char letter in Encoding.ASCII.GetString(Pair22Alphabet.AsciiCharacters))
        {
            Assert.Contains(letter, even);
            Assert.Contains(letter, odd);
        }

        foreach (char edge in WideCharacters.Ranges.ToArray().Select(edge => (char)edge))
        {
            Assert.Contains(edge, even);
            Assert.Contains(edge, odd);
        }
    }

    [Theory]
    [InlineData(1022)]
    [InlineData(1023)]
    public void A_probe_is_at_least_as_long_as_any_text_in_units_and_in_bytes(int units)
    {
        foreach (Alphabet alphabet in Wide)
        {
            string text = Write(alphabet, seed: 5, units);
            Assert.Equal(units, text.Length);
            Assert.True(Encoding.UTF8.GetByteCount(text) >= 1 + alphabet.MaxUtf8Bytes(units - 1));
        }

        Assert.InRange(Encoding.UTF8.GetByteCount(Write(Pair22Alphabet.Instance, seed: 5, units)), 2041, 2047);
    }

    [Fact]
    public void No_text_of_a_link_begins_like_a_probe()
    {
        Assert.Null(ProbeText.Find('h'));
        Assert.Null(ProbeText.Find('H'));
        Assert.All(Alphabet.All, alphabet => Assert.Null(ProbeText.Find(alphabet.Mark)));
        Assert.All(Alphabet.All, alphabet => Assert.Null(Alphabet.Find(ProbeText.MarkOf(alphabet))));
    }

    [Fact]
    public void Texts_that_are_no_probe_of_an_item_are_not_intact()
    {
        Assert.False(ProbeText.IsIntact(Wide15Alphabet.Instance, 0, ""));
        Assert.False(ProbeText.IsIntact(Wide15Alphabet.Instance, 0, new string('W', 100_000)));
    }

    private static string Write(Alphabet alphabet, uint seed, int units) =>
        string.Create(units, (alphabet, seed), (text, state) => ProbeText.Write(state.alphabet, state.seed, text));
}
