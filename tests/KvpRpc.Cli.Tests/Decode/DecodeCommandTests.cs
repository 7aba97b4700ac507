using System.Diagnostics;
using System.Text.Json;

namespace KvpRpc.Cli.Tests.Decode;

/// <summary>The verb as a user runs it.</summary>
public sealed class DecodeCommandTests
{
    private const int Failed = 1;

    [Fact]
    public async Task A_hello_is_shown_field_by_field()
    {
        Tool.Outcome outcome = await Tool.RunAsync("decode", Hello);
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Errors));
        Assert.StartsWith("hello of guest attempt a1a1a1a1", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("example/1", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("base64, wide15, pair22", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_text_may_come_from_standard_input()
    {
        Process tool = Tool.Start("decode", "-", "--json");
        await tool.StandardInput.WriteLineAsync(Hello);
        tool.StandardInput.Close();
        Tool.Outcome outcome = await Tool.WaitAsync(tool);
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Errors));
        Assert.Equal("hello", outcome.Json.GetProperty("kind").GetString());
        Assert.Equal(JsonValueKind.Null, outcome.Json.GetProperty("fault").ValueKind);
        JsonElement first = outcome.Json.GetProperty("bytes")[0];
        Assert.Equal("4b56", first.GetProperty("raw").GetString());
    }

    [Fact]
    public async Task A_broken_text_is_explained_up_to_its_fault_and_fails()
    {
        Tool.Outcome outcome = await Tool.RunAsync("decode", Hello[..^2]);
        Assert.Equal(Failed, outcome.ExitCode);
        const string fault = "at byte 91: field 8 has 9 bytes, of which 8 are there";
        Assert.Contains(fault, outcome.Errors, StringComparison.Ordinal);
        Assert.Contains("not explained", outcome.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x!", "U+0078 is none of the marks")]
    [InlineData("b", "fewer than two units")]
    public async Task What_is_no_item_says_why(string text, string why)
    {
        Tool.Outcome outcome = await Tool.RunAsync("decode", text);
        Assert.Equal(Failed, outcome.ExitCode);
        Assert.Contains(why, outcome.Errors, StringComparison.Ordinal);
    }

    private static string Hello => VectorTexts.Good().First().Text;
}
