using System.Xml.Linq;

namespace KvpRpc.Repository.Tests;

/// <summary>What a project file says.</summary>
internal sealed class ProjectFile
{
    private readonly XElement _root;

    private ProjectFile(string path)
    {
        Path = path;
        Name = System.IO.Path.GetFileNameWithoutExtension(path);
        _root = XDocument.Parse(Tree.Read(path)).Root!;
    }

    internal static IReadOnlyList<ProjectFile> All { get; } =
        [.. Tree.Files.WithExtension(".csproj").Select(path => new ProjectFile(path))];

    internal static IEnumerable<ProjectFile> OfSource => All.Where(project => project.Folder == "src");

    internal string Path { get; }

    internal string Name { get; }

    /// <summary>Gets the folder of the root that the project is below.</summary>
    internal string Folder => Path.Split('/')[0];

    internal IEnumerable<string> Packages => Includes("PackageReference");

    /// <summary>Gets the names of the projects that this one refers to.</summary>
    internal IEnumerable<string> Projects =>
        Includes("ProjectReference")
            .Select(path => System.IO.Path.GetFileNameWithoutExtension(path.Replace('\\', '/')));

    /// <summary>Gets the paths of the projects that this one refers to, relative to the root.</summary>
    internal IEnumerable<string> ProjectPaths =>
        from path in Includes("ProjectReference")
        let full = System.IO.Path.Combine(Tree.Root, System.IO.Path.GetDirectoryName(Path)!, path)
        select System.IO.Path.GetRelativePath(Tree.Root, System.IO.Path.GetFullPath(full)).Replace('\\', '/');

    internal static ProjectFile Named(string name) => Assert.Single(All, project => project.Name == name);

    internal string? Property(string name) => _root.Descendants(name).LastOrDefault()?.Value;

    internal IEnumerable<XElement> Elements(string name) => _root.Descendants(name);

    public override string ToString() => Path;

    private IEnumerable<string> Includes(string item) =>
        _root.Descendants(item).Select(element => element.Attribute("Include")?.Value).OfType<string>();
}
