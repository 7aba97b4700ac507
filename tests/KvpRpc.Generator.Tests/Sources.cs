using System.Runtime.CompilerServices;

namespace KvpRpc.Generator.Tests;

/// <summary>Where the sources of the tests lie.</summary>
internal static class Sources
{
    internal static string Folder { get; } = Path.GetDirectoryName(PathOfThisFile())!;

    internal static string Root => Path.GetFullPath(Path.Combine(Folder, "..", ".."));

    private static string PathOfThisFile([CallerFilePath] string path = "") => path;
}
