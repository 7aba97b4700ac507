using System.Diagnostics;
using KvpRpc.Emulator.Daemon;
using KvpRpc.Emulator.Guests;

namespace KvpRpc.Emulator.Tests.Daemon;

/// <summary>What tests with the real daemon share; each skips, with the reason, where it cannot run.</summary>
public abstract class DaemonTestBase
{
    private static readonly Lazy<string?> Reason = new(DaemonRequirements.WhyUnavailable);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    internal static async Task<DaemonGuest> BootAsync(DaemonGuestOptions? options = null)
    {
        SkipUnlessAvailable();
        DaemonGuest guest = new DaemonGuest(options ?? new DaemonGuestOptions());
        await guest.BootAsync(Token);
        return guest;
    }

    internal static void SkipUnlessAvailable() => Assert.SkipUnless(Reason.Value is null, Reason.Value ?? string.Empty);

    internal static async Task<KvpResponse> SetAsync(DaemonGuest guest, string key, string value) =>
        await guest.TransactAsync(KvpRequest.Set(KvpPool.External, key, value), Token);

    /// <summary>Reads a pool as the host does: until there is nothing more or an error.</summary>
    internal static async Task<(List<KvpRecord> Records, uint End)> EnumerateAsync(DaemonGuest guest, KvpPool pool)
    {
        var records = new List<KvpRecord>();
        while (true)
        {
            KvpResponse response = await guest.TransactAsync(KvpRequest.Enumerate(pool, records.Count), Token);
            if (!response.IsOk) return (records, response.Status);
            records.Add(new KvpRecord(response.Key, response.Value));
        }
    }

    /// <summary>Waits for a state of the machine that nothing announces.</summary>
    internal static void WaitUntil(Func<bool> condition, string what) =>
        Assert.True(SpinWait.SpinUntil(condition, Patience), $"Not within {Patience.TotalSeconds} s: {what}.");

    internal static bool IsRunning(int process) => Directory.Exists($"/proc/{process}") && StateOf(process) is not 'Z';

    /// <summary>The letter of /proc/*/stat: T is stopped, Z a zombie; X when there is no such process.</summary>
    internal static char StateOf(int process)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{process}/stat");
            return stat[stat.LastIndexOf(')') + 2];
        }
        catch (IOException)
        {
            return 'X';
        }
    }

    /// <summary>The processes that have this mount in their view of the machine.</summary>
    internal static List<string> ProcessesThatSee(string mountSource)
    {
        var found = new List<string>();
        foreach (string folder in Directory.GetDirectories("/proc").Where(name => char.IsAsciiDigit(name[6])))
        {
            try
            {
                if (File.ReadAllText($"{folder}/mountinfo").Contains(mountSource, StringComparison.Ordinal))
                    found.Add(folder);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // It has just ended.
            }
        }

        return found;
    }

    internal static void Kill(int process)
    {
        using Process target = Process.GetProcessById(process);
        target.Kill();
    }
}
