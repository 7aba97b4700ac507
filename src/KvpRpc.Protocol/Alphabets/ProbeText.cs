namespace KvpRpc.Protocol.Alphabets;

/// <summary>The text of a probe item: what shows, before anything depends on it, whether an alphabet comes
/// through.</summary>
/// <remarks>
/// A probe fills an item to its last unit, so that a medium that cuts texts shows it, and holds what a medium is likely
/// to treat alike: both ends of every range of the alphabet's characters (for pairs in both orders), then characters
/// from all over. The seed, the link's id, makes it differ from the probe of an earlier link. See
/// <c>protocol/alphabets.md</c>.
/// </remarks>
internal static class ProbeText
{
    /// <summary>The longest text of an item: 1023 units from a host (<c>protocol/alphabets.md</c>, "Probes").</summary>
    internal const int MaxUnits = 1023;

    /// <summary>Gets the character that stands before a probe: the capital of the alphabet's mark.</summary>
    internal static char MarkOf(Alphabet alphabet) => (char)(alphabet.Mark & ~0x20);

    /// <summary>Finds the alphabet whose probe begins with this character.</summary>
    internal static Alphabet? Find(char mark) =>
        char.IsAsciiLetterUpper(mark) ? Alphabet.Find((char)(mark | 0x20)) : null;

    /// <summary>Fills a text with the probe of an alphabet.</summary>
    internal static void Write(Alphabet alphabet, uint seed, Span<char> text)
    {
        text[0] = MarkOf(alphabet);
        alphabet.WriteProbe(text[1..], seed);
    }

    /// <summary>Tells whether a text is the whole probe of its length; that it is as long as it was written, only the
    /// writer can tell.</summary>
    internal static bool IsIntact(Alphabet alphabet, uint seed, ReadOnlySpan<char> text)
    {
        if (text.Length is 0 or > MaxUnits)
            return false;
        Span<char> expected = stackalloc char[MaxUnits];
        expected = expected[..text.Length];
        Write(alphabet, seed, expected);
        return text.SequenceEqual(expected);
    }
}
