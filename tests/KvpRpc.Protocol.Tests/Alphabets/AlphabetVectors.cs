using System.Globalization;
using System.Text.Json;
using KvpRpc.Protocol.Alphabets;
using KvpRpc.Protocol.Tests.Vectors;

namespace KvpRpc.Protocol.Tests.Alphabets;

/// <summary>The golden vectors of the alphabets: <c>protocol/vectors/alphabets.json</c>.</summary>
internal static class AlphabetVectors
{
    internal static IReadOnlyList<JsonElement> Roots { get; } =
        [.. VectorFile.Roots("alphabets.json").Select(file => file.Root)];

    internal static IEnumerable<(Alphabet Alphabet, byte[] Bytes, string Text)> Texts =>
        from entry in Roots.SelectMany(root => root.GetProperty("alphabets").EnumerateArray())
        let alphabet = ByName(entry.GetProperty("name").GetString()!)
        from text in entry.GetProperty("texts").EnumerateArray()
        select (alphabet, Convert.FromHexString(text.GetProperty("bytes").GetString()!),
            text.GetProperty("text").GetString()!);

    internal static IEnumerable<(Alphabet Alphabet, uint Seed, string Text)> Probes =>
        from probe in Roots.SelectMany(root => root.GetProperty("probes").EnumerateArray())
        select (ByName(probe.GetProperty("alphabet").GetString()!), probe.GetProperty("seed").GetUInt32(),
            probe.GetProperty("text").GetString()!);

    internal static IEnumerable<(Alphabet Alphabet, string Why, string Text)> Refused =>
        from refused in Roots.SelectMany(root => root.GetProperty("refused").EnumerateArray())
        select (ByName(refused.GetProperty("alphabet").GetString()!), refused.GetProperty("why").GetString()!,
            Unescape(refused.GetProperty("text").GetRawText()));

    internal static IEnumerable<(int First, int Last)> WideRanges =>
        from range in Roots[0].GetProperty("wideRanges").EnumerateArray()
        select (CodePoint(range[0]), CodePoint(range[1]));

    internal static Alphabet ByName(string name) => name switch
    {
        "base64" => Base64Alphabet.Instance,
        "wide15" => Wide15Alphabet.Instance,
        "pair22" => Pair22Alphabet.Instance,
        _ => throw new ArgumentException($"The vectors name an unknown alphabet: {name}.", nameof(name)),
    };

    private static int CodePoint(JsonElement hex) =>
        int.Parse(hex.GetString()!, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    // The reader of JSON refuses a lone surrogate, which is what one of the refused texts holds.
    private static string Unescape(string raw) => System.Text.RegularExpressions.Regex.Replace(
        raw[1..^1], @"\\u([0-9a-f]{4})", match => ((char)Convert.ToInt32(match.Groups[1].Value, 16)).ToString());
}
