using System.Text.Json;
using KvpRpc.Cli.Tests.Decode;
using KvpRpc.Cli.Trace;
using KvpRpc.Emulator;

namespace KvpRpc.Cli.Tests.Trace;

/// <summary>What is sealed, shown to one who was given the keys, and to nobody else.</summary>
public sealed class KeyLogTests : IDisposable
{
    private const int Failed = 1;
    private const int Usage = 2;

    private readonly string _folder = Directory.CreateTempSubdirectory("kvprpc-test-").FullName;

    private string Keys => Path.Combine(_folder, "keys");

    private string RecordingPath => Path.Combine(_folder, "recording");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task With_the_keys_the_session_is_printed_in_clear_and_every_seal_is_verified()
    {
        SessionKeys.WriteTo(Keys);
        string output = await TraceAsync(VectorTexts.Writes());
        string[] frames = [.. output.Split('\n').Where(line => line.StartsWith("    ", StringComparison.Ordinal))];
        Assert.Equal(
            [
                "    stream 0 opens demo.Clock/Now: Call, deadline, ms 30000, [\"UTC\"]; end of stream",
                "    stream 0: Result, \"12:00\"; end of stream",
                "    credit for 257 streams in all",
                "    stream 2 opens demo.Clock/Now: Call, [\"CET\"]; end of stream",
                "    stream 2: Trailers, status 5 NotFound, status message \"No such zone.\"; end of stream",
                "    credit for 258 streams in all",
            ],
            frames);

        // Five packets and two control parts.
        Assert.Equal(7, output.Split(", verified").Length - 1);
        Assert.DoesNotContain("not verified", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_keys_or_with_those_of_another_link_nothing_sealed_is_shown()
    {
        SessionKeys.WriteTo(Keys);
        string line = await File.ReadAllTextAsync(Keys, TestContext.Current.CancellationToken);
        string other = line.Replace("11111111", "99999999", StringComparison.Ordinal);
        await File.WriteAllTextAsync(Keys, other, TestContext.Current.CancellationToken);
        string output = await TraceAsync(VectorTexts.Writes());
        Assert.DoesNotContain("Clock", output, StringComparison.Ordinal);
        Assert.DoesNotContain("verified", output, StringComparison.Ordinal);
        Assert.Equal(output, (await Tool.RunAsync("trace", RecordingPath)).Output);
    }

    [Fact]
    public async Task A_trace_that_missed_packets_opens_the_others_and_says_that_they_are_not_verified()
    {
        SessionKeys.WriteTo(Keys);
        string output = await TraceAsync(VectorTexts.Writes().Skip(6));
        Assert.Contains("packet 1 ack 2, 14 sealed bytes, not verified", output, StringComparison.Ordinal);
        Assert.Contains("stream 0: Result, \"12:00\"", output, StringComparison.Ordinal);
        Assert.Contains("stream 2 opens name 1: Call, [\"CET\"]", output, StringComparison.Ordinal);
        Assert.Contains("packet 2 ack 3, 26 sealed bytes, verified", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_altered_packet_does_not_open_and_one_that_is_seen_again_is_not_told_twice()
    {
        SessionKeys.WriteTo(Keys);
        (string By, string Key, string Text)[] writes = [.. VectorTexts.Writes()];
        (string By, string Key, string Text) call = writes[5];
        string altered = call.Text[..^1] + (call.Text[^1] == 'A' ? 'Q' : 'A');
        string output = await TraceAsync([.. writes[..5], call with { Text = altered }, call, call]);
        Assert.Contains("31 sealed bytes, does not open", output, StringComparison.Ordinal);
        Assert.Equal(2, output.Split("demo.Clock/Now").Length);
        Assert.EndsWith("    its frames as before\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Decode_shows_the_frames_byte_by_byte_in_the_place_of_what_is_sealed()
    {
        SessionKeys.WriteTo(Keys);
        string text = VectorTexts.Writes().ElementAt(5).Text;
        Tool.Outcome outcome = await Tool.RunAsync("decode", "--json", "--key-log", Keys, "--table", "host", text);
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Errors));
        JsonElement[] parts = [.. outcome.Json.GetProperty("bytes").EnumerateArray()];
        int end = 0;
        foreach (JsonElement part in parts)
        {
            Assert.Equal(end, part.GetProperty("offset").GetInt32());
            end += part.GetProperty("count").GetInt32();
        }

        // 24 bytes stand before the frames: flags, link id, number, ack, packet flags, tag.
        const int FramesAt = 24;
        string opened = string.Concat(parts.Where(part => part.GetProperty("offset").GetInt32() >= FramesAt)
            .Select(part => part.GetProperty("raw").GetString()));
        Assert.Equal(
            VectorTexts.Read("session.json").GetProperty("writes")[5].GetProperty("plaintext").GetString(), opened);
        Assert.Contains(parts, part => part.GetProperty("value").GetString() == "demo.Clock/Now");
        Assert.Contains(parts, part => part.GetProperty("value").GetString() == "[\"UTC\"]");
    }

    [Fact]
    public async Task A_key_log_and_a_table_need_each_other()
    {
        Tool.Outcome outcome = await Tool.RunAsync("decode", "--table", "host", "bAA");
        Assert.Equal((Usage, ""), (outcome.ExitCode, outcome.Output));
        Assert.Contains("--key-log", outcome.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("decode", "--table", "host", "bAA")]
    [InlineData("trace", "recording")]
    public async Task A_file_that_is_no_key_log_is_named(params string[] arguments)
    {
        await File.WriteAllTextAsync(Keys, "# mine\n\nnothing\n", TestContext.Current.CancellationToken);
        Tool.Outcome outcome = await Tool.RunAsync([.. arguments, "--key-log", Keys]);
        Assert.Equal((Failed, ""), (outcome.ExitCode, outcome.Output));
        Assert.Contains("key log, line 3", outcome.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("linux")]
    [InlineData("daemon")]
    public async Task A_recorded_demo_shows_its_calls_in_clear(string guest)
    {
        string? obstacle = guest == "daemon" ? EmulatedHyperV.WhyUnavailable(EmulatedGuestKind.LinuxDaemon) : null;
        Assert.SkipWhen(obstacle is not null, obstacle ?? "");
        Tool.Outcome demo = await Tool.RunAsync(
            "demo", "--guest", guest, "--json", "--record", RecordingPath, "--key-log", Keys);
        Assert.True(demo.ExitCode == 0, demo.Output + demo.Errors);
        Tool.Outcome trace = await Tool.RunAsync("trace", RecordingPath, "--key-log", Keys);
        Assert.Equal((0, ""), (trace.ExitCode, trace.Errors));
        foreach (string expected in (string[])
            ["opens demo.HostDesk/SignIn: Call", "opens demo.GuestMachine/Describe: Call", "Result, null"])
            Assert.Contains(expected, trace.Output, StringComparison.Ordinal);

        Assert.Contains(", verified", trace.Output, StringComparison.Ordinal);
        foreach (string never in (string[])["does not open", "broken", "none of a call"])
            Assert.DoesNotContain(never, trace.Output, StringComparison.Ordinal);
    }

    private async Task<string> TraceAsync(IEnumerable<(string By, string Key, string Text)> writes)
    {
        await File.WriteAllLinesAsync(
            RecordingPath,
            writes.Select(write => Recording.Write(new(DateTimeOffset.UnixEpoch, write.By, write.Key, write.Text))),
            TestContext.Current.CancellationToken);
        Tool.Outcome outcome = await Tool.RunAsync("trace", RecordingPath, "--key-log", Keys);
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Errors));
        return outcome.Output;
    }
}
