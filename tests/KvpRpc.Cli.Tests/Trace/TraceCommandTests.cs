using KvpRpc.Cli.Tests.Decode;
using KvpRpc.Cli.Trace;

namespace KvpRpc.Cli.Tests.Trace;

/// <summary>A recording, printed as a user prints it.</summary>
public sealed class TraceCommandTests
{
    private const int Failed = 1;
    private const int Usage = 2;
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public async Task Every_write_of_the_session_is_one_line_that_says_what_it_is()
    {
        List<TraceEntry> entries = [.. VectorTexts.Writes().Select((write, index) =>
            new TraceEntry(Start.AddMilliseconds(index * 1500), write.By, write.Key, write.Text))];
        entries.Add(new(Start.AddHours(1), TraceEntry.Guest, "KVPRPC.Default.3", null));
        entries.Add(new(Start.AddHours(1), TraceEntry.Host, "kvprpc.default.2", entries[0].Text));
        entries.Add(new(Start.AddHours(1), TraceEntry.Host, "OSName", "x"));
        Tool.Outcome outcome = await TraceAsync(entries.Select(Recording.Write));
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Errors));
        string[] lines = outcome.Output.TrimEnd().Split('\n');
        Assert.Equal(entries.Count, lines.Length);
        Assert.StartsWith(
            "2026-01-02 03:04:05.000  guest  default item 0    hello of guest attempt a1a1a1a1", lines[0],
            StringComparison.Ordinal);
        Assert.Contains("a2a2a2a2000102030405060708090a0b that answers 11111111", lines[2], StringComparison.Ordinal);
        Assert.EndsWith(
            "03:04:09.500  host   default item 0    control part 1 ack 0 nudge 1 answer 0; packet 1 ack 0, empty "
            + "(link 11101312)",
            lines[3], StringComparison.Ordinal);
        Assert.Contains("packet 2 ack 0, 31 sealed bytes", lines[5], StringComparison.Ordinal);
        Assert.EndsWith("guest  default item 3    deleted", lines[^3], StringComparison.Ordinal);
        Assert.EndsWith("ignored: not in item 0", lines[^2], StringComparison.Ordinal);
        Assert.EndsWith("OSName  not an item's key, ignored", lines[^1], StringComparison.Ordinal);
        Assert.DoesNotContain("broken", outcome.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("""{"time":"2026-01-02T03:04:05Z","table":"mine","key":"kvprpc.a.0","text":null}""")]
    [InlineData("""{"time":"2026-01-02T03:04:05Z","table":"host","key":null,"text":null}""")]
    [InlineData("""{"time":"2026-01-02T03:04:05Z","table":"host","key":"kvprpc.a.0","text":"\ud800"}""")]
    [InlineData("""{"time":"2026-01-02T03:04:05Z","table":"host","key":"kvprpc.a.0","te""")]
    public async Task A_line_that_is_none_of_a_recording_is_named_after_those_before_it(string line)
    {
        string good = Recording.Write(new(Start, TraceEntry.Host, "kvprpc.a.0", null));
        Tool.Outcome outcome = await TraceAsync([good, line]);
        Assert.Equal(Failed, outcome.ExitCode);
        Assert.StartsWith("kvprpc trace: line 2: ", outcome.Errors, StringComparison.Ordinal);
        Assert.Contains("a item 0    deleted", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_recording_that_is_not_there_is_named()
    {
        Tool.Outcome outcome = await Tool.RunAsync("trace", "no-such-recording");
        Assert.Equal((Failed, ""), (outcome.ExitCode, outcome.Output));
        Assert.Contains("no-such-recording", outcome.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("trace")]
    [InlineData("trace", "file", "--guest")]
    [InlineData("trace", "file", "--record", "other")]
    [InlineData("trace", "file", "--pool-folder", "other")]
    public async Task What_does_not_go_together_fails_and_says_so(params string[] arguments)
    {
        Tool.Outcome outcome = await Tool.RunAsync(arguments);
        Assert.Equal((Usage, ""), (outcome.ExitCode, outcome.Output));
        Assert.Contains("--guest", outcome.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("kvprpc.default.127", "default", 127)]
    [InlineData("KvpRpc.My-Channel.0", "my-channel", 0)]
    [InlineData("kvprpc.default.128", null, 0)]
    [InlineData("kvprpc.default.01", null, 0)]
    [InlineData("kvprpc.default.", null, 0)]
    [InlineData("kvprpc..1", null, 0)]
    [InlineData("kvprpc.1", null, 0)]
    [InlineData("kvprpc.a.b.1", null, 0)]
    public void Keys_are_read_as_a_peer_reads_them(string key, string? channel, int number)
    {
        ItemKey? expected = channel is null ? null : new ItemKey(channel, number);
        Assert.Equal(expected, ItemKey.Read(key));
    }

    private static async Task<Tool.Outcome> TraceAsync(IEnumerable<string> lines)
    {
        string path = Path.GetTempFileName();
        try
        {
            await File.WriteAllLinesAsync(path, lines, TestContext.Current.CancellationToken);
            return await Tool.RunAsync("trace", path);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
