using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;

namespace KvpRpc.Generator.Tests;

/// <summary>The pages of help.</summary>
public sealed partial class HelpTests
{
    private static readonly string Folder = Path.Combine(Sources.Root, "src", "KvpRpc.Generator", "help");

    public static TheoryData<string> Ids => [.. Diagnostics.ById.Keys];

    [Theory]
    [MemberData(nameof(Ids))]
    public void Each_diagnostic_has_a_page_with_cause_example_and_fix(string id)
    {
        DiagnosticDescriptor diagnostic = Diagnostics.ById[id];
        string page = File.ReadAllText(Path.Combine(Folder, id + ".md"));

        Assert.StartsWith($"# {id}: {diagnostic.Title}\n", page, StringComparison.Ordinal);
        Assert.Equal(["Cause", "Example", "Fix"], Heading().Matches(page).Select(match => match.Groups[1].Value));
        Assert.Contains(id, page.Split("## Example")[1].Split("## Fix")[0], StringComparison.Ordinal);
        Assert.All(page.Split("\n## ").Skip(1), part => Assert.True(part.Length > 40, part));
    }

    [Fact]
    public void There_is_no_page_without_a_diagnostic() => Assert.Equal(
        Diagnostics.ById.Keys.Append("KvpContracts").Order(),
        Directory.EnumerateFiles(Folder).Select(Path.GetFileNameWithoutExtension).Order());

    [Fact]
    public void The_link_of_a_diagnostic_leads_to_its_page_where_the_build_knows_the_repository() =>
        Assert.All(Diagnostics.ById, pair => Assert.True(
            pair.Value.HelpLinkUri.Length == 0 || pair.Value.HelpLinkUri.EndsWith(
                $"/src/KvpRpc.Generator/help/{pair.Key}.md", StringComparison.Ordinal)));

    [GeneratedRegex("(?m)^## (.+)$")]
    private static partial Regex Heading();
}
