using System.Buffers.Text;
using System.Text;

namespace KvpRpc.Protocol.Alphabets;

/// <summary>Base64url without padding (RFC 4648 section 5): six bits a unit, letters that every layer
/// carries.</summary>
internal sealed class Base64Alphabet : Alphabet
{
    internal static readonly Base64Alphabet Instance = new();

    internal override char Mark => 'b';

    internal override int Number => 0;

    internal override int MaxBytes(int units) => units / 4 * 3 + (units % 4) switch { 2 => 1, 3 => 2, _ => 0 };

    internal override int UnitsFor(int bytes) => Base64Url.GetEncodedLength(bytes);

    internal override int MaxUtf8Bytes(int units) => units;

    internal override int Encode(ReadOnlySpan<byte> bytes, Span<char> text) => Base64Url.EncodeToChars(bytes, text);

    internal override bool TryDecode(ReadOnlySpan<char> text, Span<byte> bytes, out int count)
    {
        count = 0;
        if (text.Length % 4 == 1 || MaxBytes(text.Length) > bytes.Length || !Ascii.IsValid(text))
            return false;

        // The decoder skips white space and ignores the unused bits of the last unit: both would give a second
        // spelling.
        if (text.IndexOfAny(" \t\r\n=") >= 0
            || Base64Url.DecodeFromChars(text, bytes, out int consumed, out count)
                != System.Buffers.OperationStatus.Done
            || consumed != text.Length)
        {
            count = 0;
            return false;
        }

        return HasNoStrayBits(text);
    }

    internal override bool TryDecodeHead(ReadOnlySpan<char> text, Span<byte> bytes, out int count)
    {
        const int HeadUnits = HeadBytes / 3 * 4;
        count = 0;
        return text.Length > HeadUnits && TryDecode(text[..HeadUnits], bytes, out count);
    }

    internal override void WriteProbe(Span<char> text, uint seed)
    {
        for (int i = 0; i < text.Length; i++)
            text[i] = (char)Pair22Alphabet.AsciiCharacters[(int)((seed + (uint)i) & 63)];
    }

    private static bool HasNoStrayBits(ReadOnlySpan<char> text)
    {
        if (text.Length % 4 is 0 or 1)
            return true;
        int value = Value(text[^1]);
        return (value & (text.Length % 4 == 2 ? 0xF : 0x3)) == 0;
    }

    private static int Value(char unit) => unit switch
    {
        >= 'A' and <= 'Z' => unit - 'A',
        >= 'a' and <= 'z' => unit - 'a' + 26,
        >= '0' and <= '9' => unit - '0' + 52,
        '-' => 62,
        _ => 63,
    };
}
