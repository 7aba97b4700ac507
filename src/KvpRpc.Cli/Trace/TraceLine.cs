using System.Globalization;
using KvpRpc.Cli.Decode;
using KvpRpc.Cli.Keys;

namespace KvpRpc.Cli.Trace;

/// <summary>One change in one line, and one more for each frame that the keys open.</summary>
internal static class TraceLine
{
    private const string Indent = "\n    ";

    internal static string Of(TraceEntry entry, KeyLog? keys = null)
    {
        string time = entry.Time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture);
        string start = $"{time}  {entry.Table,-5}  ";
        return ItemKey.Read(entry.Key) is { } key
            ? $"{start}{key.Channel} item {key.Number,-3}  {Describe(entry, key.Number, keys)}"
            : $"{start}{Printable(entry.Key)}  not an item's key, ignored";
    }

    private static string Describe(TraceEntry entry, int number, KeyLog? keys)
    {
        if (entry.Text is null)
            return "deleted";
        Explanation explanation = ItemExplainer.Explain(
            entry.Text, keys is null ? null : new(keys, entry.Table == TraceEntry.Host));
        string alphabet = explanation is { Kind: ItemKind.OpenLink, Alphabet: not null and not "base64" }
            ? $", in {explanation.Alphabet}"
            : "";
        string ignored = number > 0 && CountsInControlItemOnly(explanation) ? ", ignored: not in item 0" : "";
        return string.Join(Indent, [explanation.Summary + alphabet + ignored, .. explanation.Frames]);
    }

    // A hello, and an item whose flags, its first byte, say that it is a control part alone.
    private static bool CountsInControlItemOnly(Explanation explanation) =>
        explanation.Kind == ItemKind.Hello
        || (explanation.Kind == ItemKind.OpenLink && explanation.Bytes is [{ Raw: "01" }, ..]);

    // What other programs call their records goes to a terminal.
    private static string Printable(string key) =>
        new([.. key.Select(one => char.IsControl(one) || char.IsSurrogate(one) ? '?' : one)]);
}
