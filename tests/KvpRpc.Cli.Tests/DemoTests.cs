using System.Text.Json;
using KvpRpc.Emulator;

namespace KvpRpc.Cli.Tests;

public sealed class DemoTests
{
    private static readonly string[] Steps =
    [
        "guests-start", "host-calls-guest", "guest-calls-host", "eight-calls-at-once", "one-mebibyte", "deadline",
        "error", "killed-guest",
    ];

    [Fact]
    public async Task With_in_memory_guests_every_step_does_what_it_says() =>
        CheckDocument("linux", await Tool.RunAsync("demo", "--guest", "linux", "--json"));

    [Fact]
    public async Task With_the_real_daemon_every_step_does_what_it_says()
    {
        string? obstacle = EmulatedHyperV.WhyUnavailable(EmulatedGuestKind.LinuxDaemon);
        Assert.SkipWhen(obstacle is not null, obstacle ?? "");
        CheckDocument("daemon", await Tool.RunAsync("demo", "--guest", "daemon", "--json"));
    }

    [Fact]
    public async Task The_guests_start_also_where_the_tool_is_a_library_that_dotnet_runs() =>
        CheckDocument("linux", await Tool.RunWithDotnetAsync("demo", "--guest", "linux", "--json"));

    [Fact]
    public async Task Without_a_choice_the_demo_takes_the_best_kind_of_guest_and_says_why()
    {
        bool hasDaemon = EmulatedHyperV.WhyUnavailable(EmulatedGuestKind.LinuxDaemon) is null;
        Tool.Outcome outcome = await Tool.RunAsync("demo");
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Errors));
        Assert.Contains(hasDaemon ? "Guests: daemon" : "Guests: linux", outcome.Output, StringComparison.Ordinal);
        Assert.Contains(hasDaemon ? "may run" : "cannot run here", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("What it cost on the medium", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("✓ All 8 steps did what they say", outcome.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("✗", outcome.Output, StringComparison.Ordinal);
    }

    private static void CheckDocument(string guest, Tool.Outcome outcome)
    {
        Assert.True(outcome.ExitCode == 0, outcome.Output + outcome.Errors);
        Assert.Equal("", outcome.Errors);
        JsonElement report = outcome.Json;
        Assert.True(report.GetProperty("ok").GetBoolean());
        Assert.Equal(guest, report.GetProperty("guest").GetString());
        Assert.NotEqual("", report.GetProperty("guestReason").GetString());
        List<JsonElement> steps = [.. report.GetProperty("steps").EnumerateArray()];
        Assert.Equal(Steps, steps.Select(step => step.GetProperty("name").GetString()));
        Assert.All(steps, step =>
        {
            Assert.True(step.GetProperty("ok").GetBoolean());
            Assert.NotEqual("", step.GetProperty("asked").GetString());
            Assert.NotEqual(0, step.GetProperty("answers").GetArrayLength());
            Assert.InRange(step.GetProperty("milliseconds").GetDouble(), 0.1, 20_000);
            Assert.InRange(step.GetProperty("cost").GetProperty("hostWrites").GetInt64(), 1, 10_000);
        });

        List<JsonElement> machines = [.. report.GetProperty("machines").EnumerateArray()];
        Assert.Equal(["web-01", "db-01"], machines.Select(machine => machine.GetProperty("name").GetString()));
        Assert.Equal([2, 1], machines.Select(machine => machine.GetProperty("processIds").GetArrayLength()));

        // 1 MiB went to the second guest and came back.
        JsonElement cost = machines[1].GetProperty("cost");
        foreach (string bytes in (string[])["hostBytes", "guestBytes", "hostBytesRead"])
            Assert.InRange(cost.GetProperty(bytes).GetInt64(), 1 << 20, 1 << 26);
    }
}
