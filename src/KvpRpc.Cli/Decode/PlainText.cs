using System.Globalization;
using KvpRpc.Protocol.Alphabets;

namespace KvpRpc.Cli.Decode;

/// <summary>The bytes of a text in an alphabet, also of one that breaks: then those before the break.</summary>
/// <param name="Bytes">All bytes that are known.</param>
/// <param name="Fault">Where the text breaks, in units with the mark; null for one that bytes have.</param>
internal sealed record PlainText(byte[] Bytes, Fault? Fault)
{
    private const int PairUnits = 2;
    private const int PairBits = 22;
    private const int OrderAt = 21;

    /// <summary>Reads what stands behind the mark.</summary>
    internal static PlainText Read(Alphabet alphabet, string body)
    {
        byte[] bytes = new byte[alphabet.MaxBytes(body.Length + PairUnits)];
        if (alphabet.TryDecode(body, bytes, out int count))
            return new(bytes[..count], null);
        (int units, string reason) = alphabet switch
        {
            Base64Alphabet => FindBase64Fault(body),
            Wide15Alphabet => FindWideFault(body, 1),
            _ => FindWideFault(body, PairUnits),
        };

        // The mark is unit 0.
        return new(alphabet is Base64Alphabet ? ReadBase64(body.AsSpan(0, units))
            : ReadWide(alphabet, body.AsSpan(0, units)), new(Fault.Unit, units + 1, reason));
    }

    /// <summary>Names a unit as Unicode does.</summary>
    internal static string Name(char unit) => string.Create(CultureInfo.InvariantCulture, $"U+{(int)unit:X4}");

    private static (int Units, string Reason) FindBase64Fault(string body)
    {
        for (int i = 0; i < body.Length; i++)
        {
            if (ToSixBits(body[i]) < 0)
                return (i, $"{Name(body[i])} is no letter of base64url, which has no padding here");
        }

        return body.Length % 4 == 1
            ? (body.Length - 1, "the last letter is one too many: it holds less than a byte")
            : (body.Length - 1, "the last letter has bits that belong to no byte and are not zero");
    }

    private static (int Units, string Reason) FindWideFault(string body, int groupUnits)
    {
        for (int i = 0; i < body.Length - groupUnits + 1; i += groupUnits)
        {
            if (ToBits(body.AsSpan(i, groupUnits), out int bad) is null)
                return (i + bad, $"{Name(body[i + bad])} is no character of the alphabet at this place");
        }

        if (body.Length % groupUnits != 0)
            return (body.Length - 1, "the last unit is half a pair");
        return body.Length == 0
            ? (0, "no unit says where the bytes end")
            : (body.Length - groupUnits, "the last one of the last group ends no whole number of bytes");
    }

    private static byte[] ReadBase64(ReadOnlySpan<char> body)
    {
        byte[] bytes = new byte[body.Length * 6 / 8];
        uint held = 0;
        int heldBits = 0;
        int written = 0;
        foreach (char unit in body)
        {
            held = (held << 6) | (uint)ToSixBits(unit);
            heldBits += 6;
            if (heldBits < 8)
                continue;
            heldBits -= 8;
            bytes[written++] = (byte)(held >> heldBits);
        }

        return bytes;
    }

    private static byte[] ReadWide(Alphabet alphabet, ReadOnlySpan<char> body)
    {
        (int units, int bits) = alphabet is Wide15Alphabet ? (1, WideCharacters.Bits) : (PairUnits, PairBits);
        int groups = body.Length / units;
        byte[] bytes = new byte[groups * bits / 8];
        ulong held = 0;
        int heldBits = 0;
        int written = 0;
        for (int i = 0; i < groups; i++)
        {
            held |= (ulong)ToBits(body.Slice(i * units, units), out _).GetValueOrDefault() << heldBits;
            for (heldBits += bits; heldBits >= 8; heldBits -= 8, held >>= 8)
                bytes[written++] = (byte)held;
        }

        return bytes;
    }

    // Null for a group that is none, and then which of its units is not.
    private static uint? ToBits(ReadOnlySpan<char> group, out int bad)
    {
        bad = 0;
        int order = group.Length == PairUnits && group[0] < 0x80 ? 1 : 0;
        int wide = WideCharacters.ToValue(group[order]);
        int ascii = group.Length == PairUnits ? ToSixBits(group[1 - order]) : 0;
        if (wide >= 0 && ascii >= 0)
            return (uint)wide | ((uint)ascii << WideCharacters.Bits) | ((uint)order << OrderAt);
        bool wideIsFirst = order == 0;
        bad = (wide < 0) == wideIsFirst ? 0 : 1;
        if (wide < 0 && ascii < 0)
            bad = 0;
        return null;
    }

    private static int ToSixBits(char unit) =>
        unit < 0x80 ? Pair22Alphabet.AsciiCharacters.IndexOf((byte)unit) : -1;
}
