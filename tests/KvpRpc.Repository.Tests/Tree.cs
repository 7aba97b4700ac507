namespace KvpRpc.Repository.Tests;

/// <summary>The files of this repository, without what tools make.</summary>
internal static class Tree
{
    private static readonly string[] MadeByTools =
        ["artifacts", "bin", "obj", "BenchmarkDotNet.Artifacts", "node_modules"];

    /// <summary>Gets the folder that the solution is in.</summary>
    internal static string Root { get; } = FindRoot();

    /// <summary>Gets the paths of all files, relative to the root, with '/' between folders.</summary>
    internal static IReadOnlyList<string> Files { get; } = [.. FilesBelow(new(Root)).Order(StringComparer.Ordinal)];

    internal static IEnumerable<string> Under(params string[] folders) =>
        Files.Where(file => folders.Any(folder => file.StartsWith(folder + "/", StringComparison.Ordinal)));

    internal static IEnumerable<string> WithExtension(this IEnumerable<string> files, params string[] extensions) =>
        files.Where(file => extensions.Contains(Path.GetExtension(file), StringComparer.Ordinal));

    internal static string FullPath(string file) => Path.Combine(Root, file);

    internal static string Read(string file) => File.ReadAllText(FullPath(file));

    /// <summary>Reads a file as numbered lines, from 1, without their ends.</summary>
    internal static IEnumerable<(int Number, string Text)> Lines(string file) =>
        Read(file).Split('\n').Select((text, index) => (index + 1, text.TrimEnd('\r')));

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "KvpRpc.sln")))
                return folder.FullName;
        }

        throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} has the solution.");
    }

    private static IEnumerable<string> FilesBelow(DirectoryInfo folder)
    {
        foreach (FileInfo file in folder.EnumerateFiles())
        {
            if (file.Extension != ".user" && file.Name != ".git")
                yield return Path.GetRelativePath(Root, file.FullName).Replace('\\', '/');
        }

        foreach (DirectoryInfo inner in folder.EnumerateDirectories())
        {
            bool isOurs = inner.Name is ".ci" || (inner.Name[0] != '.' && !MadeByTools.Contains(inner.Name));
            foreach (string file in isOurs ? FilesBelow(inner) : [])
                yield return file;
        }
    }
}
