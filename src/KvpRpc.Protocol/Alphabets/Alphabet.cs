namespace KvpRpc.Protocol.Alphabets;

/// <summary>Turns bytes into text that the medium carries, and back. Each text has one spelling.</summary>
internal abstract class Alphabet
{
    /// <summary>How many bytes <see cref="TryDecodeHead"/> gives at most.</summary>
    internal const int HeadBytes = 78;

    private static readonly Alphabet[] Known =
        [Base64Alphabet.Instance, Wide15Alphabet.Instance, Pair22Alphabet.Instance];

    /// <summary>Gets the alphabets that this version knows, by number: the one that needs no proof first.</summary>
    internal static IReadOnlyList<Alphabet> All => Known;

    /// <summary>Gets the character that stands before every text in this alphabet.</summary>
    internal abstract char Mark { get; }

    /// <summary>Gets the alphabet's number: its bit in the hello.</summary>
    internal abstract int Number { get; }

    /// <summary>Gets how many bytes fit into a text of so many UTF-16 units (the mark not counted).</summary>
    internal abstract int MaxBytes(int units);

    /// <summary>Gets how many UTF-16 units so many bytes take (the mark not counted).</summary>
    internal abstract int UnitsFor(int bytes);

    /// <summary>Gets how many bytes of UTF-8 a text of so many UTF-16 units takes at most (the mark not
    /// counted).</summary>
    internal abstract int MaxUtf8Bytes(int units);

    /// <summary>Writes the text of the bytes and gives its length in units.</summary>
    internal abstract int Encode(ReadOnlySpan<byte> bytes, Span<char> text);

    /// <summary>Reads a text back; false when no bytes have this text, or more than fit the destination. What
    /// the destination holds is then of no meaning.</summary>
    internal abstract bool TryDecode(ReadOnlySpan<char> text, Span<byte> bytes, out int count);

    /// <summary>Reads only the beginning of a text, enough for what stands before the frames of an item; false when it
    /// is shorter than that or has units that are not of this alphabet.</summary>
    /// <param name="text">The text, without its mark.</param>
    /// <param name="bytes">Receives at most <see cref="HeadBytes"/>.</param>
    /// <param name="count">How many bytes were read.</param>
    internal abstract bool TryDecodeHead(ReadOnlySpan<char> text, Span<byte> bytes, out int count);

    /// <summary>Fills a text with characters that show whether the medium carries this alphabet: see
    /// <see cref="ProbeText"/>.</summary>
    internal abstract void WriteProbe(Span<char> text, uint seed);

    /// <summary>Finds the alphabet of a text by its mark.</summary>
    internal static Alphabet? Find(char mark)
    {
        foreach (Alphabet alphabet in Known)
        {
            if (alphabet.Mark == mark)
                return alphabet;
        }

        return null;
    }
}
