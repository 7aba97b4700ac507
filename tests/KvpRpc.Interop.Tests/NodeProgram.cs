using System.Diagnostics;
using System.Text;

namespace KvpRpc.Interop.Tests;

/// <summary>Node.js, the folder of the JavaScript peer, and whether they are there.</summary>
internal static class NodeProgram
{
    private static readonly Lazy<string?> Obstacle = new(FindObstacle);

    /// <summary>Gets <c>tests/js</c>.</summary>
    internal static string Folder { get; } = FindFolder();

    internal static void SkipUnlessAvailable() => Assert.SkipWhen(Obstacle.Value is not null, Obstacle.Value ?? "");

    internal static ProcessStartInfo Prepare(params string[] arguments) => new("node", arguments)
    {
        WorkingDirectory = Folder,
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        StandardOutputEncoding = Encoding.UTF8,
        StandardErrorEncoding = Encoding.UTF8,
    };

    private static string? FindObstacle()
    {
        try
        {
            using Process node = Process.Start(Prepare("--version"))!;
            string version = node.StandardOutput.ReadToEnd().Trim();
            if (!Version.TryParse(version.TrimStart('v'), out Version? parsed) || parsed.Major < 18)
                return $"The JavaScript peer needs Node.js 18 or later; this is {version}.";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "The JavaScript peer needs Node.js, which is not installed.";
        }

        return Directory.Exists(Path.Join(Folder, "node_modules", "@noble", "ciphers"))
            ? null
            : "The packages of the JavaScript peer are not installed: npm ci in tests/js.";
    }

    private static string FindFolder()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Join(folder.FullName, "KvpRpc.sln")))
                return Path.Join(folder.FullName, "tests", "js");
        }

        throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} has the solution.");
    }
}
