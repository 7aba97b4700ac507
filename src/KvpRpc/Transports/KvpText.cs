namespace KvpRpc.Transports;

/// <summary>Knows which text KVP carries unchanged: XML 1.0 text without carriage returns.</summary>
/// <remarks>The host service takes and gives items as XML: control characters other than TAB and LF, lone surrogates,
/// U+FFFE and U+FFFF have no place there, and a CR comes out as LF. A Linux guest ends its text at the first NUL and
/// drops lone surrogates.</remarks>
internal static class KvpText
{
    /// <summary>Gets whether every layer carries the text unchanged.</summary>
    internal static bool IsCarried(ReadOnlySpan<char> text)
    {
        int index = text.IndexOfAnyExceptInRange(' ', '\uD7FF');
        if (index < 0) return true;
        for (; index < text.Length; index++)
        {
            char unit = text[index];
            if (char.IsHighSurrogate(unit) && index + 1 < text.Length && char.IsLowSurrogate(text[index + 1])) index++;
            else if (unit < ' ' ? unit is not ('\t' or '\n') : char.IsSurrogate(unit) || unit >= '\uFFFE') return false;
        }

        return true;
    }
}
