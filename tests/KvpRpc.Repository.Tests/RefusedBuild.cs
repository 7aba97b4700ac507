using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace KvpRpc.Repository.Tests;

/// <summary>Builds the engine's project, exactly as it is here, with other source: with what it must refuse.</summary>
public sealed partial class RefusedBuild : IAsyncLifetime
{
    internal const string Allowed = "_ = System.Math.Max(1, 2);";

    internal const string PublicType = "public sealed class Undeclared;";

    private const string Source = "src/KvpRpc.Protocol/Refused.cs";

    private static readonly string[] Needed =
    [
        ".editorconfig", "global.json", "Directory.Build.props", "Directory.Packages.props",
        "src/Directory.Build.props", "src/BannedSymbols.txt",
        .. Tree.Under("src/KvpRpc.Protocol").WithExtension(".csproj", ".txt", ".json"),
    ];

    private readonly List<string> _lines =
        ["namespace KvpRpc.Protocol;", "/// <summary>Not declared.</summary>", PublicType];
    private ILookup<string, string> _errors = Enumerable.Empty<string>().ToLookup(error => error);

    public async ValueTask InitializeAsync()
    {
        string[] statements = [Allowed, .. BannedSymbolTests.Refused.Select(row => row.Data.Item2)];
        _lines.AddRange(statements.Select(static (statement, number) => string.Create(
            CultureInfo.InvariantCulture, $"internal static class C{number} {{ static void M() {{ {statement} }} }}")));

        string root = Directory.CreateTempSubdirectory("kvprpc-refused-").FullName;
        try
        {
            foreach (string file in Needed)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(root, file))!);
                File.Copy(Tree.FullPath(file), Path.Combine(root, file));
            }

            await File.WriteAllLinesAsync(Path.Combine(root, Source), _lines);
            string output = await BuildAsync(Path.Combine(root, "src/KvpRpc.Protocol"));
            _errors = Error().Matches(output).ToLookup(
                match => _lines[int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) - 1],
                match => match.Groups[2].Value);
            Assert.True(_errors.Count > 0, output);
            Assert.DoesNotMatch("error CS[0-9]", output);
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Gets the ids of the errors of banned symbols and of the public surface in the line that has the
    /// code.</summary>
    internal IEnumerable<string> ErrorsAt(string code) =>
        _errors[Assert.Single(_lines, line => line.Contains(code, StringComparison.Ordinal))];

    [GeneratedRegex(@"Refused\.cs\((\d+),\d+\): error (RS00(?:16|30)):")]
    private static partial Regex Error();

    private static async Task<string> BuildAsync(string folder)
    {
        // No server of the build may outlive it: its ends of the pipes would keep this test waiting.
        using Process build = new();
        build.StartInfo = new("dotnet",
            ["build", "-v:q", "-tl:off", "-nodeReuse:false", "-p:UseSharedCompilation=false"])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        build.Start();
        Task<string> errors = build.StandardError.ReadToEndAsync();
        StringBuilder output = new(await build.StandardOutput.ReadToEndAsync());
        output.Append(await errors);
        await build.WaitForExitAsync();
        return output.ToString();
    }
}
