using System.Globalization;
using System.Text;

namespace KvpRpc.Generator.Lock;

/// <summary>What crosses the link, as checked in: a service or a type with a line for each of its parts. Its form is in
/// help/KvpContracts.md.</summary>
internal sealed class LockFile
{
    internal const string FileName = "KvpContracts.txt";

    private const string Retired = "*RETIRED* ";
    private const string Indent = "  ";

    internal List<LockEntry> Entries { get; } = [];

    /// <summary>Gets the lines that cannot be read, from 0, with the reason of each.</summary>
    internal List<(int Number, string Reason)> Problems { get; } = [];

    private List<string> Header { get; } = [];

    private List<string> Trailer { get; } = [];

    internal LockEntry? Find(string key) => Entries.FirstOrDefault(entry => entry.Key == key);

    internal static LockFile Parse(string text)
    {
        var file = new LockFile();
        var comments = new List<string>();
        LockEntry? entry = null;
        string[] lines = text.Replace("\r\n", "\n").Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            string line = lines[i].TrimEnd();
            if (line.Length == 0)
            {
                // Comments that stand alone at the top are about the whole file.
                if (file.Entries.Count == 0 && comments.Count > 0)
                {
                    file.Header.AddRange(comments);
                    comments.Clear();
                }
            }
            else if (line.TrimStart().StartsWith("#", StringComparison.Ordinal))
            {
                comments.Add(line.TrimStart());
            }
            else
            {
                if (char.IsWhiteSpace(line[0]))
                    file.ParseLine(entry, line.Trim(), i, comments);
                else
                    entry = file.ParseEntry(line, i, comments);
                comments = [];
            }
        }

        file.Trailer.AddRange(comments);
        return file;
    }

    public override string ToString()
    {
        var text = new StringBuilder();
        Append(text, Header, "");
        foreach (LockEntry entry in Entries
            .OrderBy(entry => entry.IsService ? 0 : 1).ThenBy(entry => entry.Name, StringComparer.Ordinal))
        {
            if (text.Length > 0)
                text.Append('\n');
            Append(text, entry.Comments, "");
            text.Append(entry.IsRetired ? Retired : "").Append(entry.Kind).Append(' ').Append(entry.Name).Append('\n')
                .Append(LinesOf(entry));
        }

        if (text.Length > 0 && Trailer.Count > 0)
            text.Append('\n');
        Append(text, Trailer, "");
        return text.ToString();
    }

    /// <summary>The lines of an entry in their order, as the file has them.</summary>
    internal static string LinesOf(LockEntry entry)
    {
        var text = new StringBuilder();
        foreach (LockLine line in Ordered(entry))
        {
            Append(text, line.Comments, Indent);
            text.Append(Indent).Append(line.IsRetired ? Retired : "").Append(entry.TextOf(line)).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>The lines in the order of their numbers or names.</summary>
    internal static IEnumerable<LockLine> Ordered(LockEntry entry)
    {
        bool isNumbered = entry.Kind is LockEntry.Array or LockEntry.Union or LockEntry.Enum;
        return entry.Lines
            .OrderBy(line => isNumbered && decimal.TryParse(
                line.Key, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out decimal at) ? at : 0)
            .ThenBy(line => line.Key, StringComparer.Ordinal);
    }

    private static void Append(StringBuilder text, IEnumerable<string> comments, string indent)
    {
        foreach (string comment in comments)
            text.Append(indent).Append(comment).Append('\n');
    }

    private static bool TakeRetired(ref string line)
    {
        if (!line.StartsWith(Retired, StringComparison.Ordinal))
            return false;
        line = line.Substring(Retired.Length);
        return true;
    }

    private LockEntry? ParseEntry(string line, int number, List<string> comments)
    {
        bool isRetired = TakeRetired(ref line);
        int blank = line.IndexOf(' ');
        string kind = blank < 0 ? line : line.Substring(0, blank);
        string name = blank < 0 ? "" : line.Substring(blank + 1);
        var entry = new LockEntry(kind, name) { IsRetired = isRetired, Number = number, Comments = [.. comments] };
        if (!LockEntry.Kinds.Contains(kind) || name.Length == 0)
            Problems.Add((number, $"an entry begins with {string.Join(", ", LockEntry.Kinds)}, then a name"));
        else if (Find(entry.Key) is not null)
            Problems.Add((number, $"'{name}' has an entry already"));
        else
        {
            Entries.Add(entry);
            return entry;
        }

        return null;
    }

    private void ParseLine(LockEntry? entry, string line, int number, List<string> comments)
    {
        // The lines of an entry that cannot be read are part of its problem.
        if (entry is null)
        {
            if (Problems.Count == 0)
                Problems.Add((number, "a line without an entry above it"));
            return;
        }

        bool isRetired = TakeRetired(ref line);
        string key = "", text = "";
        bool isRead = entry.IsService
            ? MethodForm.TrySplit(line, out key, out text)
            : LockText.TryRead(line, out key, out text);
        if (!isRead || (entry.IsService && MethodForm.Parse(text) is null))
            Problems.Add((number, entry.IsService ? "a method is 'Name(a: form) -> form'" : "a line is 'key: form'"));
        else if (entry.Find(key) is not null)
            Problems.Add((number, $"'{key}' is in its entry already"));
        else
        {
            entry.Lines.Add(
                new LockLine(key, text) { IsRetired = isRetired, Number = number, Comments = [.. comments] });
        }
    }
}
