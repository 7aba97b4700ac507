namespace KvpRpc.Access;

/// <summary>Patterns of names: <c>*</c> stands for any text, <c>?</c> for one character; case does not
/// matter.</summary>
internal static class NamePattern
{
    internal static bool Fits(string pattern, string name)
    {
        int at = 0;
        int star = -1;
        int afterStar = 0;
        int i = 0;
        while (i < name.Length)
        {
            if (at < pattern.Length && pattern[at] == '*')
            {
                star = at++;
                afterStar = i;
            }
            else if (at < pattern.Length && (pattern[at] == '?' || AreEqual(pattern[at], name[i])))
            {
                at++;
                i++;
            }
            else if (star >= 0)
            {
                // What the star stands for takes one character more.
                at = star + 1;
                i = ++afterStar;
            }
            else
            {
                return false;
            }
        }

        return pattern.AsSpan(at).TrimStart('*').IsEmpty;
    }

    private static bool AreEqual(char left, char right) =>
        char.ToUpperInvariant(left) == char.ToUpperInvariant(right);
}
