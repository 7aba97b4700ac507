using System.Globalization;
using System.Text;

namespace KvpRpc.Generator.Lock;

/// <summary>Writes what crosses for a form with all types in it spelled out and numbered: the same text for the same
/// bytes, whatever the names in C#.</summary>
/// <param name="find">Finds the entry of a type by its name; null for a type that has none.</param>
internal sealed class CanonicalForm(Func<string, LockEntry?> find)
{
    private readonly Dictionary<string, int> _numbers = [];
    private readonly StringBuilder _text = new();

    /// <summary>Gets the entries that the forms named, in the order in which they did.</summary>
    internal List<LockEntry> Entries { get; } = [];

    internal static string Of(string form, Func<string, LockEntry?> find) =>
        new CanonicalForm(find).Append(form).ToString();

    internal CanonicalForm Append(string form)
    {
        for (int at = 0; at < form.Length;)
        {
            int end = EndOfName(form, at);
            if (end == at)
                _text.Append(form[at++]);
            else
                AppendName(form.Substring(at, end - at));
            at = Math.Max(at, end);
        }

        return this;
    }

    internal CanonicalForm Append(MethodForm method)
    {
        foreach (MethodForm.Parameter parameter in method.Parameters)
        {
            Append(parameter.Form);
            _text.Append(';');
        }

        return Append(method.Result);
    }

    public override string ToString() => _text.ToString();

    /// <summary>The form of a line of a type: without the name in C#, which does not cross.</summary>
    internal static string FormOf(LockEntry entry, LockLine line) => entry.Kind switch
    {
        LockEntry.Array => line.Text.Substring(0, Math.Max(0, line.Text.LastIndexOf(' '))),
        LockEntry.Enum => "",
        _ => line.Text,
    };

    // A name with its type arguments: Contoso.Page<int>.
    private static int EndOfName(string form, int start)
    {
        int end = start;
        while (end < form.Length && (char.IsLetterOrDigit(form[end]) || form[end] is '_' or '.' or '@' or '+'))
            end++;
        if (end == start || end == form.Length || form[end] != '<')
            return end;
        int depth = 0;
        do
            depth += form[end] == '<' ? 1 : form[end] == '>' ? -1 : 0;
        while (++end < form.Length && depth > 0);
        return end;
    }

    private void AppendName(string name)
    {
        if (_numbers.TryGetValue(name, out int known))
        {
            _text.Append('#').Append(known.ToString(CultureInfo.InvariantCulture));
            return;
        }

        if (find(name) is not { } entry)
        {
            _text.Append(name);
            return;
        }

        if (!Entries.Contains(entry))
            Entries.Add(entry);
        if (entry.Kind == LockEntry.Enum)
        {
            _text.Append("enum");
            return;
        }

        _numbers.Add(name, _numbers.Count);
        _text.Append(entry.Kind).Append('<');
        foreach (LockLine line in LockFile.Ordered(entry).Where(line => !line.IsRetired))
        {
            _text.Append(LockText.Quote(line.Key)).Append('=');
            Append(FormOf(entry, line));
            _text.Append(',');
        }

        _text.Append('>');
    }
}
