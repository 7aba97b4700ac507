namespace KvpRpc.Cli.Tests;

public sealed class CommandLineTests
{
    private const int Usage = 2;

    [Fact]
    public async Task Help_names_the_demo_and_not_what_is_for_the_tool_itself()
    {
        Tool.Outcome outcome = await Tool.RunAsync("--help");
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Errors));
        Assert.Contains("kvprpc [command]", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("demo", outcome.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("guest-app", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_command_the_tool_shows_its_help() =>
        Assert.Equal((await Tool.RunAsync("--help")).Output, (await Tool.RunAsync()).Output);

    [Fact]
    public async Task Help_of_the_demo_names_its_options()
    {
        Tool.Outcome outcome = await Tool.RunAsync("demo", "--help");
        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("--guest <daemon|linux|windows>", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("--json", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Version_is_one_line()
    {
        Tool.Outcome outcome = await Tool.RunAsync("--version");
        Assert.Equal(0, outcome.ExitCode);
        Assert.Matches(@"^\d+\.\d+\.\d+[^\n]*\n$", outcome.Output.ReplaceLineEndings("\n"));
    }

    [Theory]
    [InlineData("demo", "--unknown")]
    [InlineData("demo", "--guest", "solaris")]
    [InlineData("dmeo")]
    public async Task What_the_tool_does_not_know_fails_and_says_where_help_is(params string[] arguments)
    {
        Tool.Outcome outcome = await Tool.RunAsync(arguments);
        Assert.Equal((Usage, ""), (outcome.ExitCode, outcome.Output));
        Assert.Contains(arguments[^1], outcome.Errors, StringComparison.Ordinal);
        Assert.Contains("--help", outcome.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_kind_of_guest_that_is_not_built_yet_says_so_and_fails()
    {
        Tool.Outcome outcome = await Tool.RunAsync("demo", "--guest", "windows");
        Assert.Equal((Usage, ""), (outcome.ExitCode, outcome.Output));
        Assert.Contains("'windows' are not built yet", outcome.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_kind_of_guest_that_is_not_built_yet_says_so_in_json()
    {
        Tool.Outcome outcome = await Tool.RunAsync("demo", "--guest", "windows", "--json");
        Assert.Equal(Usage, outcome.ExitCode);
        Assert.False(outcome.Json.GetProperty("ok").GetBoolean());
        Assert.Contains(
            "'windows' are not built yet", outcome.Json.GetProperty("error").GetString(), StringComparison.Ordinal);
    }
}
