using System.Diagnostics;
using System.Text.RegularExpressions;

namespace KvpRpc.Interop.Tests;

/// <summary>The JavaScript peer's own tests: all golden vectors, and two of its kind together.</summary>
public sealed partial class JavaScriptOwnTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task The_JavaScript_peer_passes_its_own_tests_and_with_them_all_vectors()
    {
        NodeProgram.SkipUnlessAvailable();
        using CancellationTokenSource timeout =
            CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        timeout.CancelAfter(Patience);
        ProcessStartInfo start = NodeProgram.Prepare("--test");
        start.Environment.Remove("NODE_OPTIONS");
        using Process node = Process.Start(start)!;
        try
        {
            Task<string> errors = node.StandardError.ReadToEndAsync(timeout.Token);
            string output = await node.StandardOutput.ReadToEndAsync(timeout.Token) + await errors;
            await node.WaitForExitAsync(timeout.Token);
            Assert.True(node.ExitCode == 0, output);
            Assert.InRange(CountOf("pass", output), 250, int.MaxValue);
            Assert.Equal((0, 0), (CountOf("skipped", output), CountOf("todo", output)));
        }
        finally
        {
            if (!node.HasExited)
                node.Kill(entireProcessTree: true);
        }
    }

    // The summary of node's reporters: "# pass 300" or "ℹ pass 300".
    private static int CountOf(string name, string output) =>
        Assert.Single(Counts().Matches(output), match => match.Groups["name"].Value == name) is { } found
            ? int.Parse(found.Groups["count"].ValueSpan, provider: null)
            : -1;

    [GeneratedRegex(@"(?m)^\S+ (?<name>pass|skipped|todo) (?<count>\d+)\s*$")]
    private static partial Regex Counts();
}
