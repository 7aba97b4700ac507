using System.Text;

namespace KvpRpc.Generator.Lock;

/// <summary>What crosses in the calls of a method: <c>(a: int, optional b: string, c: stream bytes) -> string
/// idempotent</c>.</summary>
internal sealed class MethodForm
{
    internal const string Nil = "nil";
    internal const string OneWay = "none";
    internal const string Stream = "stream ";
    internal const string Progress = "progress ";

    private const string Optional = "optional ";
    private const string Idempotent = " idempotent";
    private const string Arrow = " -> ";

    /// <summary>Gets the parameters.</summary>
    internal List<Parameter> Parameters { get; } = [];

    /// <summary>Gets the form of the result: <see cref="Nil"/> for none, <see cref="OneWay"/> for no answer.</summary>
    internal string Result { get; private set; } = Nil;

    internal bool IsIdempotent { get; private set; }

    internal static string Write(IEnumerable<Parameter> parameters, string result, bool isIdempotent) =>
        "(" + string.Join(", ", parameters.Select(at => $"{(at.IsOptional ? Optional : "")}{at.Name}: {at.Form}"))
        + ")" + Arrow + result + (isIdempotent ? Idempotent : "");

    /// <summary>Divides a line into the method's name and the rest.</summary>
    internal static bool TrySplit(string line, out string name, out string text)
    {
        int at = line.IndexOf('(');
        name = at <= 0 ? "" : line.Substring(0, at);
        text = at <= 0 ? "" : line.Substring(at);
        return at > 0;
    }

    internal static MethodForm? Parse(string text)
    {
        int end = text.LastIndexOf(Arrow, StringComparison.Ordinal);
        if (end < 2 || text[0] != '(' || text[end - 1] != ')')
            return null;
        string result = text.Substring(end + Arrow.Length);
        bool isIdempotent = result.EndsWith(Idempotent, StringComparison.Ordinal);
        if (isIdempotent)
            result = result.Substring(0, result.Length - Idempotent.Length);
        if (result.Length == 0)
            return null;
        var method = new MethodForm { Result = result, IsIdempotent = isIdempotent };
        foreach (string part in SplitParameters(text.Substring(1, end - 2)))
        {
            bool isOptional = part.StartsWith(Optional, StringComparison.Ordinal);
            string parameter = isOptional ? part.Substring(Optional.Length) : part;
            int colon = parameter.IndexOf(": ", StringComparison.Ordinal);
            if (colon < 1 || colon + 2 == parameter.Length)
                return null;
            method.Parameters.Add(
                new Parameter(parameter.Substring(0, colon), isOptional, parameter.Substring(colon + 2)));
        }

        return method;
    }

    // The commas of tuples and of generic names divide nothing.
    private static IEnumerable<string> SplitParameters(string text)
    {
        int depth = 0;
        var part = new StringBuilder();
        foreach (char c in text)
        {
            depth += c is '(' or '[' or '{' or '<' ? 1 : c is ')' or ']' or '}' or '>' ? -1 : 0;
            if (c == ',' && depth == 0)
            {
                yield return part.ToString().Trim();
                part.Clear();
            }
            else
            {
                part.Append(c);
            }
        }

        if (part.Length > 0)
            yield return part.ToString().Trim();
    }

    /// <summary>A parameter: its form begins with <see cref="Stream"/> or <see cref="Progress"/> if it is more than a
    /// value.</summary>
    internal sealed record Parameter(string Name, bool IsOptional, string Form);
}
