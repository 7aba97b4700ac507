using System.Diagnostics;
using KvpRpc.Cli.Keys;
using KvpRpc.Protocol.Alphabets;
using KvpRpc.Protocol.Hellos;
using KvpRpc.Protocol.Packets;

namespace KvpRpc.Cli.Decode;

/// <summary>Explains the text of one item: <c>protocol/link.md</c>, "Items".</summary>
/// <remarks>The engine's own parsers have the last word: what they refuse is never explained as good.</remarks>
internal static class ItemExplainer
{
    /// <summary>The most bytes that an item has: <c>protocol/link.md</c>, section 5.</summary>
    internal const int MaxBytes = 2048;

    private const char HelloMark = 'h';

    /// <summary>Explains a text.</summary>
    /// <param name="text">The item's text.</param>
    /// <param name="keys">Opens what is sealed; null: it is only counted.</param>
    internal static Explanation Explain(string text, SideKeys? keys = null)
    {
        if (text.Length < 2)
            return Nothing(text, text.Length, "a text of fewer than two units says nothing");
        if (text[0] == HelloMark)
            return ExplainBytes(text, Base64Alphabet.Instance, ItemKind.Hello, null);
        if (Alphabet.Find(text[0]) is { } alphabet)
            return ExplainBytes(text, alphabet, ItemKind.OpenLink, keys);
        if (ProbeText.Find(text[0]) is { } probed)
            return ProbeExplainer.Explain(probed, text);
        return Nothing(text, 0, $"{PlainText.Name(text[0])} is none of the marks h, b, w, p, B, W, P");
    }

    private static Explanation ExplainBytes(string text, Alphabet alphabet, string kind, SideKeys? keys)
    {
        PlainText plain = PlainText.Read(alphabet, text[1..]);
        ByteWalk walk = new([.. plain.Bytes]);
        List<string> frames = [];
        string summary = kind == ItemKind.Hello
            ? new HelloExplainer(walk).Explain()
            : new LinkItemExplainer(walk, keys, frames).Explain();
        Fault? fault = plain.Fault ?? walk.Fault;
        if (fault is null && plain.Bytes.Length > MaxBytes)
            fault = new(Fault.Byte, MaxBytes, $"an item has at most {MaxBytes} bytes");
        else if (plain.Fault is null)
            CheckVerdict(kind, plain.Bytes, ref fault);
        if (fault is not null)
            summary += $"; broken at {fault.Of} {fault.Offset}: {fault.Reason}";
        string name = AlphabetName.Of(alphabet);
        return new(kind, summary, name, TextOf(text, kind, name, fault), walk.Finish(), fault) { Frames = frames };
    }

    private static List<Part> TextOf(string text, string kind, string alphabet, Fault? fault)
    {
        List<Part> parts = [new(0, 1, "mark", $"{text[0]}, {kind}", null)];
        int end = fault is { Of: Fault.Unit } ? fault.Offset : text.Length;
        if (end > 1)
            parts.Add(new(1, end - 1, "text", $"bytes in {alphabet}", null));
        if (end < text.Length)
            parts.Add(new(end, text.Length - end, "rest", "not explained: no bytes have this text", null));
        return parts;
    }

    private static void CheckVerdict(string kind, byte[] bytes, ref Fault? fault)
    {
        bool isTaken = kind == ItemKind.Hello
            ? HelloCodec.TryRead(bytes) is { MinVersion: 1 }
            : ItemParts.TryRead(bytes, out _);
        Debug.Assert(isTaken == fault is null, "The explanation and the engine's parser must agree.");
        if (!isTaken)
            fault ??= new(Fault.Byte, bytes.Length, "a peer ignores it");
    }

    private static Explanation Nothing(string text, int offset, string reason)
    {
        IReadOnlyList<Part> parts = text.Length == 0 ? [] : [new(0, text.Length, "text", "must be ignored", null)];
        return new(ItemKind.Nothing, $"no item: {reason}", null, parts, [], new(Fault.Unit, offset, reason));
    }
}
