using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace KvpRpc.Repository.Tests;

/// <summary>The projects, their packages and their public surface are all kept in the same way.</summary>
public sealed partial class ProjectTests
{
    public static TheoryData<string> Projects => [.. ProjectFile.All.Select(project => project.Name)];

    [Fact]
    public void The_solution_has_every_project_in_the_folder_where_it_is()
    {
        (string Name, string Path, string Id)[] entries =
        [
            .. from Match match in SolutionEntry().Matches(Tree.Read("KvpRpc.sln"))
               select (match.Groups[1].Value, match.Groups[2].Value.Replace('\\', '/'), match.Groups[3].Value),
        ];
        Dictionary<string, string> names = entries.ToDictionary(entry => entry.Id, entry => entry.Name);
        Dictionary<string, string> parents = NestedProject().Matches(Tree.Read("KvpRpc.sln"))
            .ToDictionary(match => match.Groups[1].Value, match => names[match.Groups[2].Value]);

        Assert.Equal(
            ProjectFile.All.Select(project => (project.Path, project.Folder)).Order(),
            entries.Where(entry => entry.Path.EndsWith(".csproj", StringComparison.Ordinal))
                .Select(entry => (entry.Path, parents[entry.Id])).Order());
        Findings.AssertNone(Tree.Files.WithExtension(".slnx"));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_is_in_the_folder_of_its_name(string name)
    {
        ProjectFile project = ProjectFile.Named(name);
        Assert.Equal($"{project.Folder}/{name}/{name}.csproj", project.Path);
        Assert.Contains(project.Folder, new[] { "src", "tests", "benchmarks" });
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_keeps_the_settings_of_all(string name)
    {
        ProjectFile project = ProjectFile.Named(name);
        string[] common =
        [
            "Nullable", "LangVersion", "TreatWarningsAsErrors", "WarningsAsErrors", "WarningsNotAsErrors",
            "WarningLevel",
            "AnalysisMode", "AnalysisLevel", "EnforceCodeStyleInBuild", "GenerateDocumentationFile", "RunAnalyzers",
            "RestorePackagesWithLockFile", "ManagePackageVersionsCentrally", "NuGetAudit",
        ];
        Assert.All(common, property => Assert.Null(project.Property(property)));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void The_versions_of_packages_are_central_and_locked(string name)
    {
        ProjectFile project = ProjectFile.Named(name);
        Assert.All(project.Elements("PackageReference"), reference => Assert.Null(reference.Attribute("Version")));
        Assert.All(project.Elements("PackageReference"),
            reference => Assert.Null(reference.Attribute("VersionOverride")));
        Assert.Contains(Path.GetDirectoryName(project.Path) + "/packages.lock.json", Tree.Files);
    }

    [Fact]
    public void A_version_that_nothing_uses_is_not_kept()
    {
        // Some are pinned because a package of ours brings them, so the lock files count too.
        string[] locks = [.. Tree.Files.Where(file => file.EndsWith("/packages.lock.json", StringComparison.Ordinal))
            .Select(Tree.Read)];
        IEnumerable<string> versions = XDocument.Parse(Tree.Read("Directory.Packages.props"))
            .Descendants("PackageVersion").Select(element => element.Attribute("Include")!.Value);
        Assert.Equal(Ahead, versions.Where(
            name => !locks.Any(text => text.Contains($"\"{name}\"", StringComparison.OrdinalIgnoreCase))));
    }

    [Fact]
    public void A_rule_that_is_switched_off_says_why() => Findings.AssertNone(
        from file in Tree.Files.WithExtension(".csproj", ".props", ".targets")
        let document = XDocument.Parse(Tree.Read(file))
        let comments = string.Concat(document.DescendantNodes().OfType<XComment>().Select(comment => comment.Value))
        from element in document.Descendants("NoWarn").Concat(document.Descendants("WarningsNotAsErrors"))
        from Match rule in Rule().Matches(element.Value)
        where !comments.Contains(rule.Value, StringComparison.Ordinal)
        select $"{file}: {rule.Value}");

    [Fact]
    public void A_rule_that_the_editor_switches_off_says_why()
    {
        (int Number, string Text)[] lines = [.. Tree.Lines(".editorconfig")];
        Findings.AssertNone(
            from pair in lines.Zip(lines.Skip(1))
            where pair.Second.Text.Contains("severity = none", StringComparison.Ordinal)
                && !pair.First.Text.StartsWith('#')
            select pair.Second.Text);
    }

    [Fact]
    public void The_public_surface_is_in_order_and_says_each_thing_once()
    {
        string[] files = [.. Tree.Under("src")
            .Where(file => Path.GetFileName(file).StartsWith("PublicAPI.", StringComparison.Ordinal))];
        Assert.NotEmpty(files);
        foreach (string file in files)
        {
            string[] lines = [.. Tree.Lines(file).Select(line => line.Text).Where(line => line.Length > 0)];
            Assert.Equal("#nullable enable", lines.FirstOrDefault("#nullable enable"));
            Assert.Equal(lines.Skip(1).Order(StringComparer.Ordinal).Distinct(), lines.Skip(1));
        }
    }

    // Versions decided before the code that needs them.
    private static string[] Ahead => ["Microsoft.Management.Infrastructure"];

    [GeneratedRegex(@"(?m)^Project\(""\{[^""]*\}""\) = ""([^""]+)"", ""([^""]+)"", ""(\{[^""]+\})""")]
    private static partial Regex SolutionEntry();

    [GeneratedRegex(@"(?m)^\t\t(\{[0-9A-F-]+\}) = (\{[0-9A-F-]+\})\r?$")]
    private static partial Regex NestedProject();

    [GeneratedRegex(@"\b[A-Z]{2,}[0-9]{3,5}\b")]
    private static partial Regex Rule();
}
