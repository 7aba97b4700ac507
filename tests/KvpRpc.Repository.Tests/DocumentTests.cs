using System.Text.RegularExpressions;

namespace KvpRpc.Repository.Tests;

/// <summary>The documents hang together.</summary>
public sealed partial class DocumentTests
{
    private static readonly string[] Documents =
        [.. Tree.Files.WithExtension(".md")
            .Where(file => !Path.GetFileName(file).StartsWith("AnalyzerReleases.", StringComparison.Ordinal))];

    private static readonly string[] Protocol =
        [.. Documents.Where(file => file.StartsWith("protocol/", StringComparison.Ordinal))];

    [Fact]
    public void Every_link_leads_somewhere() => Findings.AssertNone(
        from file in Documents
        from Match link in Link().Matches(WithoutCode(file))
        where !LeadsSomewhere(file, link.Groups[1].Value)
        select $"{file}: {link.Value}");

    [Fact]
    public void A_document_has_one_title_and_it_comes_first()
    {
        foreach (string file in Documents)
        {
            string[] titles = [.. WithoutCode(file).Split('\n')
                .Where(line => line.StartsWith("# ", StringComparison.Ordinal))];
            Assert.True(titles.Length == 1 && Tree.Read(file).StartsWith(titles[0], StringComparison.Ordinal), file);
        }
    }

    [Fact]
    public void The_index_of_the_protocol_names_every_file_of_it()
    {
        string index = Tree.Read("protocol/README.md");
        Assert.All(
            Tree.Under("protocol")
                .Where(file => file != "protocol/README.md" && Path.GetExtension(file) is ".md" or ".json"),
            file => Assert.Contains($"]({file["protocol/".Length..]})", index, StringComparison.Ordinal));
        Assert.NotEmpty(Protocol);
    }

    [Fact]
    public void The_map_of_the_folders_names_every_project()
    {
        string readme = Tree.Read("README.md");
        Assert.All(ProjectFile.OfSource,
            project => Assert.Matches($@"(?m)^\s*{Regex.Escape(project.Name)}/? ", readme));
    }

    [Fact]
    public void The_guide_to_the_tests_names_every_area()
    {
        string guide = Tree.Read("tests/README.md");
        string[] areas =
        [
            .. Areas().Matches(Tree.Read("tests/run.sh"))
                .SelectMany(match => match.Groups[1].Value.Split(' ')),
            "long",
        ];
        Assert.True(areas.Length >= 9);
        Assert.All(areas, area => Assert.Contains($"`{area}`", guide, StringComparison.Ordinal));
    }

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"(?ms)^ {0,3}```.*?^ {0,3}```[^\n]*$|`[^`\n]*`")]
    private static partial Regex CodeOfMarkdown();

    [GeneratedRegex(@"(?m)^(?:busy|quiet)=\(([a-z ]+)\)")]
    private static partial Regex Areas();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchor();

    private static string WithoutCode(string file) => CodeOfMarkdown().Replace(Tree.Read(file), "``");

    private static bool LeadsSomewhere(string file, string target)
    {
        if (target.StartsWith("https://", StringComparison.Ordinal))
            return true;
        string[] parts = target.Split('#', 2);
        string path = parts[0].Length == 0
            ? file
            : Path.GetRelativePath(
                Tree.Root, Path.GetFullPath(Path.Combine(Tree.Root, Path.GetDirectoryName(file)!, parts[0])))
                .Replace('\\', '/');
        bool exists = Tree.Files.Contains(path) || Directory.Exists(Tree.FullPath(path));
        return exists && !path.StartsWith("..", StringComparison.Ordinal)
            && (parts.Length == 1 || Anchors(path).Contains(parts[1]));
    }

    /// <summary>The anchors that a heading gets: lower case, no punctuation, '-' for blanks.</summary>
    private static IEnumerable<string> Anchors(string file) =>
        from line in Tree.Lines(file)
        where line.Text.StartsWith('#')
        select NotInAnchor().Replace(line.Text.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-');
}
