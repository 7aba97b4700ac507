using KvpRpc.Protocol.Alphabets;

namespace KvpRpc.Cli.Decode;

/// <summary>Explains a probe: <c>protocol/alphabets.md</c>, "Probes". The link that it belongs to is not told: what can
/// be known of its id, the seed, is read from the probe itself.</summary>
internal static class ProbeExplainer
{
    private const int SeedBits = 15;
    private const int AsciiSeedBits = 6;

    internal static Explanation Explain(Alphabet alphabet, string text)
    {
        string name = AlphabetName.Of(alphabet);
        List<Part> parts = [new(0, 1, "mark", $"{text[0]}, a probe of {name}", null)];
        uint? seed = FindSeed(alphabet, text);
        int intact = CountIntact(alphabet, seed ?? 0, text);
        if (intact > 1)
            parts.Add(new(1, intact - 1, "probe characters", "as they must be", null));
        Fault? fault = null;
        if (text.Length > ProbeText.MaxUnits)
            fault = new(Fault.Unit, ProbeText.MaxUnits, $"a probe has at most {ProbeText.MaxUnits} units");
        else if (intact < text.Length)
            fault = new(Fault.Unit, intact, $"{PlainText.Name(text[intact])} is not what the probe has at this place");
        if (intact < text.Length)
            parts.Add(new(intact, text.Length - intact, "rest", "the medium has altered the probe", null));
        int bits = alphabet is Base64Alphabet ? AsciiSeedBits : SeedBits;
        string link = seed is { } low ? $", of a link whose id ends in the {bits} bits {Binary(low, bits)}" : "";
        string state = fault is null ? "intact as long as it is" : "damaged";
        return new(ItemKind.Probe, $"probe of {name}, {text.Length} units, {state}{link}", name, parts, [], fault);
    }

    // Each unit that depends on the seed has a say, so that a damaged one does not pass for the seed of all others.
    private static uint? FindSeed(Alphabet alphabet, string text) => Enumerable.Range(0, text.Length - 1)
        .Select(index => SeedAt(alphabet, text.AsSpan(1), index))
        .Where(seed => seed is not null)
        .GroupBy(seed => seed)
        .OrderByDescending(votes => votes.Count())
        .FirstOrDefault()?.Key;

    private static uint? SeedAt(Alphabet alphabet, ReadOnlySpan<char> body, int index)
    {
        if (alphabet is Base64Alphabet)
        {
            int letter = body[index] < 0x80 ? Pair22Alphabet.AsciiCharacters.IndexOf((byte)body[index]) : -1;
            return letter < 0 ? null : (uint)(letter - index) & ((1 << AsciiSeedBits) - 1);
        }

        // A pair has the value of half its index; a unit left over that of its own.
        bool isLeftOver = index == body.Length - 1 && body.Length % 2 == 1;
        int value = alphabet is Wide15Alphabet ? index : isLeftOver ? index / 2 : index / 4;
        int wide = WideCharacters.ToValue(body[index]);
        return wide < 0 || value < WideCharacters.Ranges.Length
            ? null
            : ((uint)wide - WideCharacters.ProbeValue(value, 0)) & (WideCharacters.Count - 1);
    }

    private static int CountIntact(Alphabet alphabet, uint seed, string text)
    {
        char[] expected = new char[Math.Min(text.Length, ProbeText.MaxUnits)];
        ProbeText.Write(alphabet, seed, expected);
        return text.AsSpan().CommonPrefixLength(expected);
    }

    private static string Binary(uint value, int bits) => Convert.ToString(value, 2).PadLeft(bits, '0');
}
