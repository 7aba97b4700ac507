using System.Text;

namespace KvpRpc.Generator.Lock;

/// <summary>How keys are written where a line ends at a colon.</summary>
internal static class LockText
{
    internal static string Quote(string key)
    {
        if (key.Length > 0 && key.All(c => char.IsLetterOrDigit(c) || c is '_' or '-' or '.'))
            return key;
        var text = new StringBuilder("\"");
        foreach (char c in key)
        {
            if (c is '"' or '\\')
                text.Append('\\').Append(c);
            else if (c < ' ')
                text.Append("\\u").Append(((int)c).ToString("x4", System.Globalization.CultureInfo.InvariantCulture));
            else
                text.Append(c);
        }

        return text.Append('"').ToString();
    }

    /// <summary>Reads a key and what follows its colon.</summary>
    internal static bool TryRead(string line, out string key, out string text)
    {
        key = text = "";
        int at = 0;
        var read = new StringBuilder();
        bool isQuoted = line.Length > 0 && line[0] == '"';
        if (isQuoted)
        {
            for (at = 1; at < line.Length && line[at] != '"'; at++)
            {
                if (line[at] != '\\')
                    read.Append(line[at]);
                else if (!TryReadEscaped(line, ref at, read))
                    return false;
            }

            at++;
        }
        else
        {
            for (; at < line.Length && line[at] != ':'; at++)
                read.Append(line[at]);
        }

        if (at + 1 >= line.Length || line[at] != ':' || line[at + 1] != ' ' || (read.Length == 0 && !isQuoted))
            return false;
        key = read.ToString();
        text = line.Substring(at + 2);
        return true;
    }

    private static bool TryReadEscaped(string line, ref int at, StringBuilder read)
    {
        at++;
        if (at < line.Length && line[at] is '"' or '\\')
        {
            read.Append(line[at]);
            return true;
        }

        if (at + 4 >= line.Length || line[at] != 'u'
            || !int.TryParse(
                line.Substring(at + 1, 4), System.Globalization.NumberStyles.HexNumber, null, out int code))
            return false;
        read.Append((char)code);
        at += 4;
        return true;
    }
}
