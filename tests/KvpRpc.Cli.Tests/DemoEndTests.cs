using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using KvpRpc.Emulator;

namespace KvpRpc.Cli.Tests;

/// <summary>However the demo ends, nothing that it started outlives it.</summary>
public sealed partial class DemoEndTests
{
    private const int Failed = 1;
    private const int Interrupted = 130;

    [Theory]
    [InlineData("linux")]
    [InlineData("daemon")]
    public async Task A_killed_demo_leaves_no_process(string guest)
    {
        SkipUnlessPossible(guest);
        string folder = Directory.CreateTempSubdirectory("kvprpc-test-").FullName;
        try
        {
            using Process demo = Tool.StartIn(folder, "demo", "--guest", guest);
            List<int> children = await WaitForChildrenAsync(demo);
            demo.Kill();
            await demo.WaitForExitAsync(TestContext.Current.CancellationToken);
            foreach (int child in children)
                await ProcessFolder.UntilEndedAsync(child);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("linux")]
    [InlineData("daemon")]
    public async Task An_interrupted_demo_cleans_up_and_says_so(string guest)
    {
        SkipUnlessPossible(guest);
        string folder = Directory.CreateTempSubdirectory("kvprpc-test-").FullName;
        try
        {
            using Process demo = Tool.StartIn(folder, "demo", "--guest", guest);
            List<int> children = await WaitForChildrenAsync(demo);
            Assert.NotEmpty(Directory.EnumerateFileSystemEntries(folder));
            using (Process kill = Process.Start("kill", ["-INT", demo.Id.ToString(CultureInfo.InvariantCulture)]))
                await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
            Tool.Outcome outcome = await Tool.WaitAsync(demo);
            Assert.Equal((Interrupted, "kvprpc: stopped; nothing is left behind."), (outcome.ExitCode, outcome.Errors.Trim()));
            Assert.DoesNotContain(children, ProcessFolder.IsRunning);
            Assert.Empty(Directory.EnumerateFileSystemEntries(folder));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_guest_that_dies_at_its_start_fails_the_demo_which_says_so()
    {
        SkipUnlessPossible("linux");
        Process demo = Tool.Start("demo", "--guest", "linux", "--json");
        await ProcessFolder.KillFirstChildAsync(demo.Id);
        Tool.Outcome outcome = await Tool.WaitAsync(demo);
        Assert.Equal(Failed, outcome.ExitCode);
        JsonElement step = Assert.Single(outcome.Json.GetProperty("steps").EnumerateArray());
        Assert.False(step.GetProperty("ok").GetBoolean());
        Assert.False(outcome.Json.GetProperty("ok").GetBoolean());
        Assert.NotEqual("", step.GetProperty("expected").GetString());
        Assert.EndsWith("ended and said nothing", step.GetProperty("came").GetString(), StringComparison.Ordinal);
    }

    private static void SkipUnlessPossible(string guest)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The processes are found in /proc.");
        string? obstacle = guest is "daemon" ? EmulatedHyperV.WhyUnavailable(EmulatedGuestKind.LinuxDaemon) : null;
        Assert.SkipWhen(obstacle is not null, obstacle ?? "");
    }

    /// <summary>Waits until the demo has shown that both guests run; gives the processes that it has started.</summary>
    private static async Task<List<int>> WaitForChildrenAsync(Process demo)
    {
        List<int> guests = [];
        while (guests.Count < 2)
        {
            string? line = await demo.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
            Assert.NotNull(line);
            if (SignedIn().Match(line) is { Success: true } match)
                guests.Add(int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture));
        }

        List<int> children = ProcessFolder.ChildrenOf(demo.Id);
        Assert.All(guests, guest => Assert.Contains(guest, children));
        return children;
    }

    [GeneratedRegex(@"process (\d+) signed in after")]
    private static partial Regex SignedIn();
}
