using System.Diagnostics;
using System.Globalization;
using System.Text;
using KvpRpc.Cli.Decode;
using KvpRpc.Cli.Tests.Decode;
using KvpRpc.Cli.Trace;
using KvpRpc.Guest;

namespace KvpRpc.Cli.Tests.Trace;

/// <summary>The tables of a guest, watched beside the process that owns the channel.</summary>
public sealed class GuestWatchTests
{
    private const int RecordBytes = 2560;
    private const int KeyBytes = 512;
    private const string ControlKey = "kvprpc.default.0";

    [Fact]
    public async Task Changes_of_both_tables_are_printed_as_they_come_and_their_recording_prints_alike()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The tables are those of a Linux guest.");
        CancellationToken cancel = TestContext.Current.CancellationToken;
        (string _, string _, string hello) = VectorTexts.Writes().First(write => write.By == "host");
        string[] own = [.. VectorTexts.Writes().Where(write => write.By == "guest").Select(write => write.Text)];
        string folder = Directory.CreateTempSubdirectory("kvprpc-test-").FullName;
        try
        {
            string hostPool = Path.Join(folder, ".kvp_pool_0");
            await File.WriteAllBytesAsync(hostPool, [.. Record("HostName", "h"), .. Record(ControlKey, hello)], cancel);
            await File.WriteAllBytesAsync(Path.Join(folder, ".kvp_pool_1"), Record("Other", "x"), cancel);
            await using LinuxGuestTransport guest = LinuxGuestTransport.Open(
                new() { KeyPrefix = "kvprpc.default.", Folder = folder, LockFolder = Path.Join(folder, "locks") });
            string recording = Path.Join(folder, "recording");
            using Process tool = Tool.Start("trace", "--guest", "--pool-folder", folder, "--record", recording);

            StringBuilder live = new();
            async Task ExpectAsync(string what)
            {
                string? line = await tool.StandardOutput.ReadLineAsync(cancel);
                Assert.Contains(what, line, StringComparison.Ordinal);
                live.AppendLine(line);
            }

            await ExpectAsync("host   default item 0    hello of host attempt 11111111");
            foreach (string text in own)
            {
                await guest.WriteAsync([new(ControlKey) { Value = text.AsMemory() }], cancel);
                await ExpectAsync($"guest  default item 0    {ItemExplainer.Explain(text).Summary}");
            }

            await guest.WriteAsync([new(ControlKey) { IsDelete = true }], cancel);
            await ExpectAsync("guest  default item 0    deleted");
            using (Process kill = Process.Start("kill", ["-INT", tool.Id.ToString(CultureInfo.InvariantCulture)]))
                await kill.WaitForExitAsync(cancel);
            Tool.Outcome outcome = await Tool.WaitAsync(tool);
            Assert.Equal((0, "", ""), (outcome.ExitCode, outcome.Output, outcome.Errors));

            Assert.Equal(live.ToString(), (await Tool.RunAsync("trace", recording)).Output);
            string[] texts = [.. (await File.ReadAllLinesAsync(recording, cancel))
                .Select(Recording.Read).Select(entry => entry.Text).OfType<string>()];
            Assert.Equal([hello, .. own], texts);
            Assert.All(texts, text => Assert.Null(ItemExplainer.Explain(text).Fault));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_guest_without_tables_and_a_recording_that_exists_are_refused()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The tables are those of a Linux guest.");
        string folder = Directory.CreateTempSubdirectory("kvprpc-test-").FullName;
        try
        {
            Tool.Outcome missing = await Tool.RunAsync("trace", "--guest", "--pool-folder", folder);
            Assert.Equal((1, ""), (missing.ExitCode, missing.Output));
            Assert.Contains(".kvp_pool_", missing.Errors, StringComparison.Ordinal);

            string taken = Path.Join(folder, "taken");
            await File.WriteAllTextAsync(taken, "mine", TestContext.Current.CancellationToken);
            Tool.Outcome exists = await Tool.RunAsync("trace", "--guest", "--pool-folder", folder, "--record", taken);
            Assert.Equal((1, ""), (exists.ExitCode, exists.Output));
            Assert.Contains("taken", exists.Errors, StringComparison.Ordinal);
            Assert.Equal("mine", await File.ReadAllTextAsync(taken, TestContext.Current.CancellationToken));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static byte[] Record(string key, string value)
    {
        byte[] record = new byte[RecordBytes];
        Encoding.UTF8.GetBytes(key, record);
        Encoding.UTF8.GetBytes(value, record.AsSpan(KeyBytes));
        return record;
    }
}
