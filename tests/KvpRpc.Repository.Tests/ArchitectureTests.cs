using System.Text.RegularExpressions;

namespace KvpRpc.Repository.Tests;

/// <summary>References go one way: Protocol, KvpRpc, then Host, Guest and Emulator, then the tool.</summary>
public sealed partial class ArchitectureTests
{
    // What each project may refer to directly. A new project gets its line here, and with it a review.
    private static readonly Dictionary<string, string[]> MayReference = new()
    {
        ["KvpRpc.Abstractions"] = [],
        ["KvpRpc.Protocol"] = [],
        ["KvpRpc.Generator"] = [],
        ["KvpRpc.Generator.CodeFixes"] = ["KvpRpc.Generator"],
        ["KvpRpc"] = ["KvpRpc.Abstractions", "KvpRpc.Protocol"],
        ["KvpRpc.Host"] = ["KvpRpc"],
        ["KvpRpc.Guest"] = ["KvpRpc"],
        ["KvpRpc.Emulator"] = ["KvpRpc"],
        ["KvpRpc.Services"] = ["KvpRpc", "KvpRpc.Generator"],
        ["KvpRpc.Grpc"] = ["KvpRpc"],
        ["KvpRpc.Hosting"] = ["KvpRpc", "KvpRpc.Host", "KvpRpc.Guest"],

        // The engine, too: decode and trace explain texts by its own parsers.
        ["KvpRpc.Cli"] =
        [
            "KvpRpc", "KvpRpc.Protocol", "KvpRpc.Host", "KvpRpc.Guest", "KvpRpc.Emulator", "KvpRpc.Generator",
            "KvpRpc.Services", "KvpRpc.Grpc", "KvpRpc.Hosting",
        ],
    };

    // The layers inside KvpRpc: what the code of a folder must not know. Calls run over links of any kind, so they know
    // neither the tables nor the engine; a transport knows nothing but items.
    private static readonly Dictionary<string, string[]> MustNotKnow = new()
    {
        ["Transports"] = ["Links", "Sealing", "Driver", "Calls", "Generated", "Protocol"],
        ["Sealing"] = ["Transports", "Links", "Driver", "Calls", "Generated"],
        ["Driver"] = ["Calls", "Generated"],
        ["Links"] = ["Calls", "Generated"],
        ["Calls"] = ["Transports", "Sealing", "Driver", "Protocol"],
        ["Access"] = ["Transports", "Sealing", "Driver", "Protocol"],
        ["Generated"] = ["Transports", "Links", "Sealing", "Driver", "Protocol"],
    };

    public static TheoryData<string> SourceProjects => [.. ProjectFile.OfSource.Select(project => project.Name)];

    public static TheoryData<string> Layers => [.. MustNotKnow.Keys];

    [Theory]
    [MemberData(nameof(SourceProjects))]
    public void A_project_refers_only_to_those_below_it(string name)
    {
        Assert.True(MayReference.ContainsKey(name), $"{name} is new: say in this file what it may refer to.");
        Assert.Subset(MayReference[name].ToHashSet(), ProjectFile.Named(name).Projects.ToHashSet());
    }

    [Theory]
    [MemberData(nameof(SourceProjects))]
    public void An_assembly_refers_only_to_those_below_it(string name)
    {
        string? framework = name == "KvpRpc.Abstractions" ? "net10.0" : null;
        IEnumerable<string> own = BuiltAssembly.Of(name, framework).References
            .Where(reference => reference.StartsWith("KvpRpc", StringComparison.Ordinal));
        Assert.Subset(Below(name), own.ToHashSet());
    }

    [Fact]
    public void Nothing_below_refers_to_what_is_above()
    {
        // What MayReference itself must keep: no project is below itself.
        Assert.All(MayReference.Keys, name => Assert.DoesNotContain(name, Below(name)));
    }

    [Fact]
    public void Only_the_host_knows_the_management_infrastructure()
    {
        const string Package = "Microsoft.Management.Infrastructure";
        foreach (ProjectFile project in ProjectFile.OfSource.Where(project => project.Name != "KvpRpc.Host"))
        {
            Assert.DoesNotContain(Package, project.Packages);
            string? framework = project.Name == "KvpRpc.Abstractions" ? "net10.0" : null;
            Assert.DoesNotContain(Package, BuiltAssembly.Of(project.Name, framework).References);
        }
    }

    [Fact]
    public void A_contract_needs_nothing_but_the_abstractions_and_the_annotations_of_MessagePack()
    {
        ProjectFile project = ProjectFile.Named("KvpRpc.Abstractions");
        Assert.Equal("netstandard2.0;net10.0", project.Property("TargetFrameworks"));
        Assert.Equal(["MessagePack.Annotations"], project.Packages);
        string[] allowed = ["MessagePack.Annotations", "netstandard"];
        Assert.All(BuiltAssembly.Of(project.Name, "netstandard2.0").References, name => Assert.Contains(name, allowed));
        Assert.All(
            BuiltAssembly.Of(project.Name, "net10.0").References,
            name => Assert.True(IsOfPlatform(name) || allowed.Contains(name), name));
    }

    [Fact]
    public void The_engine_refers_to_the_platform_alone_and_has_no_public_type()
    {
        Assert.Empty(ProjectFile.Named("KvpRpc.Protocol").Packages);
        BuiltAssembly engine = BuiltAssembly.Of("KvpRpc.Protocol");
        Assert.All(engine.References, name => Assert.True(IsOfPlatform(name), name));
        Findings.AssertNone(engine.PublicTypes);
    }

    [Fact]
    public void The_generator_runs_in_every_compiler()
    {
        ProjectFile project = ProjectFile.Named("KvpRpc.Generator");
        Assert.Equal("netstandard2.0", project.Property("TargetFramework"));
        Assert.All(
            BuiltAssembly.Of(project.Name).References,
            name => Assert.True(
                name == "netstandard" || IsOfPlatform(name)
                    || name.StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal),
                name));
    }

    [Fact]
    public void The_source_refers_to_no_test_and_no_benchmark()
    {
        foreach (ProjectFile project in ProjectFile.OfSource)
            Assert.All(project.ProjectPaths, path => Assert.StartsWith("src/", path, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Layers))]
    public void A_layer_of_KvpRpc_does_not_know_those_above_it(string layer)
    {
        string[] files = [.. Tree.Under($"src/KvpRpc/{layer}").WithExtension(".cs")];
        Assert.NotEmpty(files);
        IEnumerable<string> found =
            from file in files
            from line in Tree.Lines(file)
            where !line.Text.TrimStart().StartsWith("//", StringComparison.Ordinal)
            from Match match in OwnNamespace().Matches(line.Text)
            where MustNotKnow[layer].Contains(match.Groups[1].Value)
            select $"{file}:{line.Number}: {line.Text.Trim()}";
        Findings.AssertNone(found);
    }

    [GeneratedRegex(@"\bKvpRpc\.(\w+)")]
    private static partial Regex OwnNamespace();

    private static HashSet<string> Below(string name)
    {
        HashSet<string> below = [];
        Stack<string> open = new(MayReference[name]);
        while (open.TryPop(out string? next))
        {
            if (below.Add(next))
                Array.ForEach(MayReference[next], open.Push);
        }

        return below;
    }

    private static bool IsOfPlatform(string assembly) => assembly.StartsWith("System.", StringComparison.Ordinal);
}
