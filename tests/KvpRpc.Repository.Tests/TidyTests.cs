using System.Text.RegularExpressions;

namespace KvpRpc.Repository.Tests;

/// <summary>What no compiler says about the text of the files.</summary>
public sealed partial class TidyTests
{
    private const int MaxColumns = 120;
    private const int MaxLines = 400;

    private static readonly string[] Text =
    [
        .. Tree.Files.Where(file =>
            Path.GetExtension(file) is ".cs" or ".csproj" or ".props" or ".targets" or ".md" or ".txt"
            or ".json" or ".js" or ".pl" or ".sh" or ".yml" or "" || Path.GetFileName(file)[0] == '.'),
    ];

    private static readonly string[] Code = [.. Tree.Under("src", "tests", "benchmarks").WithExtension(".cs")];

    [Fact]
    public void The_tree_was_found()
    {
        Assert.Contains("README.md", Text);
        Assert.Contains(".ci/run", Text);
        Assert.Contains("tests/run.sh", Text);
        Assert.Contains("src/BannedSymbols.txt", Text);
        Assert.True(Code.Length > 200);
        Assert.DoesNotContain(Tree.Files, file => file.StartsWith("artifacts/", StringComparison.Ordinal));
    }

    [Fact]
    public void A_line_of_code_has_120_columns_at_most() => Findings.AssertNone(
        FindLines(
            [.. Code, .. Text.WithExtension(".csproj", ".props", ".sh", ".js", ".pl")],
            line => line.Length > MaxColumns));

    [Fact]
    public void A_file_of_code_has_400_lines_at_most() => Findings.AssertNone(
        Code.Where(file => Tree.Lines(file).Count() - 1 > MaxLines));

    [Fact]
    public void Lines_end_with_LF_and_without_blanks_and_the_last_one_ends_too()
    {
        Findings.AssertNone(Text.Where(file => Tree.Read(file).Contains('\r', StringComparison.Ordinal)));
        Findings.AssertNone(FindLines(Text, line => line.Length > 0 && char.IsWhiteSpace(line[^1])));
        // NuGet writes the lock files without a last line end.
        Findings.AssertNone(Text.Where(file => Path.GetFileName(file) != "packages.lock.json"
            && Tree.Read(file) is [.., not '\n'] or "\n" or [.., '\n', '\n']));
    }

    [Fact]
    public void Nothing_is_indented_with_tabs() =>
        Findings.AssertNone(FindLines(Text, line => line.Contains('\t', StringComparison.Ordinal)));

    [Fact]
    public void A_file_of_code_has_no_byte_order_mark() => Findings.AssertNone(
        Text.Where(file => File.ReadAllBytes(Tree.FullPath(file)).AsSpan().StartsWith("\uFEFF"u8)));

    [Fact]
    public void Nothing_is_left_for_later() =>
        Findings.AssertNone(FindLines(Text, line => LeftForLater().IsMatch(line)));

    [Fact]
    public void No_test_sleeps() => Findings.AssertNone(
        FindLines(Tree.Under("tests").WithExtension(".cs").Where(IsNotOurs), line => Sleep().IsMatch(line)));

    [Fact]
    public void Nothing_names_a_place_of_the_machine_it_was_written_on() =>
        Findings.AssertNone(FindLines(Text, line => MachinePath().IsMatch(line)));

    [Fact]
    public void A_pragma_says_why() => Findings.AssertNone(
        from file in Code
        let lines = Tree.Read(file).Split('\n')
        from number in Enumerable.Range(0, lines.Length)
        where Pragma().Match(lines[number]) is { Success: true } match
            && !match.Groups["why"].Success
            && !(number > 0 && lines[number - 1].TrimStart().StartsWith("//", StringComparison.Ordinal))
        select $"{file}:{number + 1}: {lines[number].Trim()}");

    [Fact]
    public void A_suppressed_message_says_why() => Findings.AssertNone(
        from file in Code.Where(IsNotOurs)
        from Match match in Suppression().Matches(Tree.Read(file))
        where !Justification().IsMatch(match.Value)
        select $"{file}: {match.Value}");

    [Fact]
    public void A_namespace_is_the_folder() => Findings.AssertNone(
        from project in ProjectFile.All
        let folder = Path.GetDirectoryName(project.Path)!.Replace('\\', '/')
        let root = project.Property("RootNamespace") ?? project.Name
        from file in Tree.Under(folder).WithExtension(".cs")
        let inner = Path.GetDirectoryName(file)!.Replace('\\', '/')[folder.Length..]
        let match = Namespace().Match(Tree.Read(file))
        where match.Success && match.Groups[1].Value != root + inner.Replace('/', '.') && !IsForOlderPlatforms(match)
        select $"{file}: {match.Value.Trim()}");

    [GeneratedRegex("\\b(TO" + "DO|FIX" + "ME|HA" + "CK|X" + "XX)\\b")]
    private static partial Regex LeftForLater();

    [GeneratedRegex("\\b(Task\\.Delay|Thread\\.Sleep|Thread\\.SpinWait)\\b")]
    private static partial Regex Sleep();

    [GeneratedRegex("(?<![\\w.*])/(wo" + "rk|ho" + "me|Us" + "ers)/|[A-Z]:\\\\Us" + "ers\\\\")]
    private static partial Regex MachinePath();

    [GeneratedRegex(@"^\s*#pragma warning disable [\w, ]+(?<why>//.+)?$")]
    private static partial Regex Pragma();

    [GeneratedRegex(@"SuppressMessage\(.*?\)\]", RegexOptions.Singleline)]
    private static partial Regex Suppression();

    [GeneratedRegex(@"Justification\s*=\s*""[^""]{10,}")]
    private static partial Regex Justification();

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    // The names that tests look for are in the tests that look for them.
    private static bool IsNotOurs(string file) =>
        !file.StartsWith("tests/KvpRpc.Repository.Tests/", StringComparison.Ordinal);

    // What an older platform lacks must be where the compiler looks for it.
    private static bool IsForOlderPlatforms(Match match) =>
        match.Groups[1].Value.StartsWith("System.", StringComparison.Ordinal);

    private static IEnumerable<string> FindLines(IEnumerable<string> files, Func<string, bool> isFound) =>
        from file in files
        from line in Tree.Lines(file)
        where isFound(line.Text)
        select $"{file}:{line.Number}: {line.Text.Trim()}";
}
