namespace KvpRpc.Conformance;

/// <summary>Texts by name, so that a test's name stays readable whatever the text holds.</summary>
public static class TextSamples
{
    /// <summary>Texts that KVP carries: XML 1.0 text without carriage returns. They must arrive unchanged.</summary>
    public static IReadOnlyDictionary<string, string> Carried { get; } = new Dictionary<string, string>
    {
        ["ASCII, all that prints"] = string.Concat(Enumerable.Range(0x20, 0x5F).Select(c => (char)c)),
        ["XML's own characters"] = "<a b=\"c\" d='e'>&amp; &#13; ]]> <![CDATA[ <!-- -->",
        ["spaces at both ends"] = "  a  b  ",
        ["tabs and line feeds"] = "\ta\n\nb\t\n",
        ["only a space"] = " ",
        ["DEL and C1 controls"] = "\u007F\u0080\u0085\u009F",
        ["Latin with marks, composed"] = "\u00E9\u00FC\u015F\u1EA5",
        ["Latin with marks, not composed"] = "e\u0301u\u0308s\u0327a\u0302\u0301",
        ["marks in an order that normalization would change"] = "a\u0315\u0300\u05AE\u0062",
        ["characters that normalization replaces"] = "\u212B\u2126\uFB01\u1E9B\u0323\u00BD",
        ["Greek, Cyrillic, Hebrew, Arabic"] = "\u03B1\u0416\u05D0\u0639",
        ["CJK, kana, Hangul, Yi"] = "\u4E2D\u3042\u30AB\uAC00\uD7A3\uA000",
        ["separators of lines and paragraphs"] = "a\u2028b\u2029c",
        ["zero width and direction marks"] = "\u200B\u200D\u200E\u202E\u2060",
        ["a byte order mark at the start"] = "\uFEFFabc",
        ["the ends of the surrogate gap"] = "\uD7FF\uE000\uF8FF",
        ["the replacement character"] = "\uFFFD\uFFFC",
        ["noncharacters that XML allows"] = "\uFDD0\uFDEF",
        ["emoji and other planes"] = "\U0001F600\U00010000\U0002F800\U000E0001\U0010FFFD",
        ["text that looks like a record's end"] = "a\\0b\\x00c%00",
    };

    /// <summary>Texts that KVP cannot carry everywhere: refused, or unchanged, never altered.</summary>
    public static IReadOnlyDictionary<string, string> Uncarried { get; } = new Dictionary<string, string>
    {
        ["NUL within"] = "a\0b",
        ["NUL at the end"] = "ab\0",
        ["U+0001"] = "a\u0001b",
        ["ESC"] = "a\u001Bb",
        ["U+001F"] = "a\u001Fb",
        ["CR"] = "a\rb",
        ["CR LF"] = "a\r\nb",
        ["a high surrogate alone"] = "a\uD83Db",
        ["a low surrogate alone"] = "a\uDE00b",
        ["a high surrogate at the end"] = "ab\uD83D",
        ["a pair the wrong way round"] = "a\uDE00\uD83Db",
        ["U+FFFE"] = "a\uFFFEb",
        ["U+FFFF"] = "a\uFFFFb",
    };

    /// <summary>Keys that other programs may use.</summary>
    public static IReadOnlyList<string> OddKeys { get; } =
    [
        " ", "a b", "key=value", "a/b\\c", "<&>\"'", "\u00E9\u4E2D\U0001F600", "..", "%s%n", "Key\tWith\nBreaks",
        "KvpRpc",
        new string('k', 254),
    ];
}
