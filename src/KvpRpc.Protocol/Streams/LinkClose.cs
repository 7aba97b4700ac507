using System.Text;

namespace KvpRpc.Protocol.Streams;

/// <summary>Why a side closes the link, for its peer.</summary>
internal sealed record LinkClose(uint Code, string Text)
{
    /// <summary>The longest text, in bytes of UTF-8: with it a close frame fits into any packet.</summary>
    internal const int MaxTextBytes = 256;

    /// <summary>Gives the close of a text that may be too long: it is cut at the end of a character.</summary>
    internal static LinkClose Of(uint code, string text)
    {
        int bytes = 0;
        int units = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            bytes += rune.Utf8SequenceLength;
            if (bytes > MaxTextBytes)
                break;
            units += rune.Utf16SequenceLength;
        }

        return new(code, text[..units]);
    }
}
