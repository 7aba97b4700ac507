namespace KvpRpc.Cli.Decode;

/// <summary>What one item's text means, up to where it breaks.</summary>
/// <param name="Kind">See <see cref="ItemKind"/>.</param>
/// <param name="Summary">All of it in one line.</param>
/// <param name="Alphabet">The alphabet of the text, or of the probe; null where the mark names none.</param>
/// <param name="Text">The stretches of the text, in UTF-16 units: each unit is in one of them.</param>
/// <param name="Bytes">The stretches of the bytes behind the text: each byte is in one of them.</param>
/// <param name="Fault">Why it is not an item that a peer takes; null for one that is.</param>
internal sealed record Explanation(
    string Kind, string Summary, string? Alphabet, IReadOnlyList<Part> Text, IReadOnlyList<Part> Bytes, Fault? Fault)
{
    /// <summary>Gets the frames of the packet, a line for each, where a key log opens it; else none.</summary>
    public IReadOnlyList<string> Frames { get; init; } = [];
}

/// <summary>One stretch of a text or of its bytes.</summary>
/// <param name="Offset">Where it begins, in units or bytes from the first.</param>
/// <param name="Count">How many units or bytes it has.</param>
/// <param name="Name">What it is called in <c>protocol/</c>.</param>
/// <param name="Value">What it says.</param>
/// <param name="Raw">Bytes in hexadecimal; null for text, and for what is sealed.</param>
internal sealed record Part(int Offset, int Count, string Name, string Value, string? Raw);

/// <summary>Where an item breaks, and why.</summary>
/// <param name="Of">What <see cref="Offset"/> counts: <c>unit</c> of the text or <c>byte</c>.</param>
/// <param name="Offset">The first unit or byte that cannot be taken; the end for one that is missing.</param>
/// <param name="Reason">A sentence without its full stop.</param>
internal sealed record Fault(string Of, int Offset, string Reason)
{
    internal const string Unit = "unit";
    internal const string Byte = "byte";
}
