namespace KvpRpc.Protocol.Alphabets;

/// <summary>Turns bytes into text that the medium carries, and back. Each text has one spelling.</summary>
internal abstract class Alphabet
{
    /// <summary>Gets the alphabets that this version knows, the surest first.</summary>
    internal static IReadOnlyList<Alphabet> All { get; } = [Base64Alphabet.Instance];

    /// <summary>Gets the character that stands before every text in this alphabet.</summary>
    internal abstract char Mark { get; }

    /// <summary>Gets the alphabet's number: its bit in the hello.</summary>
    internal abstract int Number { get; }

    /// <summary>Gets how many bytes fit into a text of so many UTF-16 units (the mark not counted).</summary>
    internal abstract int MaxBytes(int units);

    /// <summary>Gets how many UTF-16 units so many bytes take (the mark not counted).</summary>
    internal abstract int UnitsFor(int bytes);

    /// <summary>Writes the text of the bytes and gives its length in units.</summary>
    internal abstract int Encode(ReadOnlySpan<byte> bytes, Span<char> text);

    /// <summary>Reads a text back; false when no bytes have this text, or more than fit the destination.</summary>
    internal abstract bool TryDecode(ReadOnlySpan<char> text, Span<byte> bytes, out int count);

    /// <summary>Finds the alphabet of a text by its mark.</summary>
    internal static Alphabet? Find(char mark)
    {
        foreach (Alphabet alphabet in All)
        {
            if (alphabet.Mark == mark)
                return alphabet;
        }

        return null;
    }
}
