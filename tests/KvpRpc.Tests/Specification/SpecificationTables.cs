using System.Reflection;
using System.Text.RegularExpressions;
using KvpRpc.Protocol.Tests.Vectors;

namespace KvpRpc.Tests.Specification;

/// <summary>Reads the tables of <c>protocol/*.md</c>, and the constants of the code that they must equal.</summary>
internal static partial class SpecificationTables
{
    /// <summary>Gives the rows of the table below a heading, its first line aside.</summary>
    internal static List<string[]> Rows(string document, string heading)
    {
        string[] lines = Lines(document);
        int start = Array.IndexOf(lines, heading);
        Assert.True(start >= 0, $"{document} has no '{heading}'.");

        // Pictures have bars too; only a table has this line.
        return
        [
            .. lines.Skip(start + 1).SkipWhile(line => !line.StartsWith("|-", StringComparison.Ordinal)).Skip(1)
                .TakeWhile(line => line.StartsWith('|'))
                .Select(line => line.Trim('|').Split(" | ").Select(cell => cell.Trim()).ToArray()),
        ];
    }

    /// <summary>Gives a list of codes, <c>**Name**: 1 one · 2 two.</c>, by the codes.</summary>
    internal static Dictionary<int, string> Codes(string name, int numberBase = 10)
    {
        string text = string.Join(' ', Lines("limits.md"));
        Match list = Regex.Match(text, $@"\*\*{Regex.Escape(name)}\*\*(?: \([^*]*?\))?: (.*?)(?=  \*\*|$)");
        Assert.True(list.Success, $"limits.md has no codes '{name}'.");
        return list.Groups[1].Value.TrimEnd().TrimEnd('.').Split(" · ").Select(code => Code().Match(code))
            .ToDictionary(
                code => Convert.ToInt32(code.Groups[1].Value, numberBase), code => code.Groups[2].Value);
    }

    /// <summary>Gives the members of an enumeration as the lists of codes name them.</summary>
    internal static Dictionary<int, string> Members<T>()
        where T : struct, Enum => Enum.GetValues<T>().ToDictionary(
            member => Convert.ToInt32(member, null), member => Words(member.ToString()));

    /// <summary>Gives <c>PreviousAttempts</c> as <c>previous attempts</c>.</summary>
    internal static string Words(string name) => Upper().Replace(name, " $0").Trim().ToLowerInvariant();

    /// <summary>Gives a constant that the code keeps to itself.</summary>
    internal static long Constant(Type type, string name) => Convert.ToInt64(
        type.GetField(name, BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public)!.GetRawConstantValue(),
        null);

    private static string[] Lines(string document) =>
        File.ReadAllLines(Path.Combine(Path.GetDirectoryName(VectorFile.PathOf("calls.json"))!, "..", document));

    [GeneratedRegex("^([0-9A-F]+) (.*)$")]
    private static partial Regex Code();

    [GeneratedRegex("[A-Z]")]
    private static partial Regex Upper();
}
