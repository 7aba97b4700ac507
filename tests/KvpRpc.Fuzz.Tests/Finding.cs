using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace KvpRpc.Fuzz.Tests;

/// <summary>Says what an input has shown.</summary>
internal static class Finding
{
    internal static void Unless(
        [DoesNotReturnIf(false)] bool holds,
        [InterpolatedStringHandlerArgument(nameof(holds))] ref FindingText text)
    {
        if (!holds)
            throw new FindingException(text.ToString());
    }

    internal static void UnlessEqual(ReadOnlySpan<byte> expected, ReadOnlySpan<byte> actual, string what)
    {
        if (!expected.SequenceEqual(actual))
        {
            throw new FindingException(
                $"{what}: {Convert.ToHexString(expected)} became {Convert.ToHexString(actual)}");
        }
    }
}

/// <summary>A promise of a parser is broken.</summary>
[SuppressMessage("Design", "CA1032", Justification = "Thrown here alone, always with a text.")]
[SuppressMessage("Design", "CA1064", Justification = "Nobody catches it by its type.")]
internal sealed class FindingException(string text) : Exception(text);

/// <summary>A text that is only made when it is needed: a million checks hold for one that does not.</summary>
[InterpolatedStringHandler]
internal ref struct FindingText
{
    private DefaultInterpolatedStringHandler _text;

    public FindingText(int literalLength, int formattedCount, bool holds, out bool isNeeded)
    {
        isNeeded = !holds;
        if (isNeeded)
            _text = new(literalLength, formattedCount);
    }

    public void AppendLiteral(string value) => _text.AppendLiteral(value);

    public void AppendFormatted<T>(T value) => _text.AppendFormatted(value);

    public override string ToString() => _text.ToStringAndClear();
}
