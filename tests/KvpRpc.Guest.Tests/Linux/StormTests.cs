using System.Diagnostics;
using System.Globalization;
using KvpRpc.Conformance;
using KvpRpc.Emulator.Daemon;
using KvpRpc.Emulator.Guests;
using KvpRpc.Transports;

namespace KvpRpc.Guest.Tests.Linux;

/// <summary>Other processes at the same files: a writer that is killed at random moments, a program of others, and the
/// real daemon. Nothing of others may change, nothing torn may be read.</summary>
/// <remarks><c>KVPRPC_STORM_ROUNDS</c> sets how many writers are killed; the default is for every day.</remarks>
public sealed class StormTests
{
    private const int TestTimeout = 3_600_000;
    private const int DailyRounds = 40;
    private const int StillCount = 6;

    private static int Rounds => int.TryParse(
        Environment.GetEnvironmentVariable("KVPRPC_STORM_ROUNDS"), CultureInfo.InvariantCulture, out int rounds)
            ? rounds
            : DailyRounds;

    [Fact(Timeout = TestTimeout)]
    public async Task A_writer_killed_at_random_moments_leaves_others_alone_and_nothing_torn()
    {
        CancellationToken canceled = TestContext.Current.CancellationToken;
        await using GuestFolder folder = await GuestFolder.CreateAsync();
        await File.WriteAllBytesAsync(folder.Own, StillRecords(), canceled);
        using Process foreign = await StormProcesses.StartReadyAsync(Program.ForeignCommand, folder.Path);
        Random random = new(1);
        int reads = 0;
        int absent = 0;

        Task<Process> next = StartWriterAsync(folder, 0);
        for (int round = 0; round < Rounds; round++)
        {
            using Process writer = await next;
            await StormProcesses.GoAsync(writer);
            next = StartWriterAsync(folder, round + 1);

            // Each look is some dozen microseconds to milliseconds of the writer's life, as the lock has it.
            for (int looks = random.Next(1, 60); looks > 0; looks--, reads++)
                AssertSound(await GuestFolder.ReadAsync(folder.Own));

            await StormProcesses.KillAsync(writer, random);
            byte[] left = await GuestFolder.ReadAsync(folder.Own);
            AssertSound(left);
            absent += PoolBytes.AsHostSees(left).Any(item => item.Value.Length == 0
                && IsOwn(item.Key) && !item.Key.Contains('~', StringComparison.Ordinal)) ? 1 : 0;
        }

        (await next).Dispose();
        int foreignWrites = await EndAsync(foreign);
        Assert.True(foreignWrites > Rounds, $"The other program wrote only {foreignWrites} times.");
        TestContext.Current.SendDiagnosticMessage(
            $"{Rounds} writers killed, {absent} left an empty item; {reads} reads, {foreignWrites} writes by others.");

        // The next owner finds a table that it can use.
        await using LinuxGuestTransport transport = folder.Open();
        KvpItemWrite[] batch = [.. Enumerable.Range(0, StormProcesses.Slots).Select(slot => Item(slot, slot))];
        await transport.WriteAsync(batch, canceled);
        Assert.All(batch, item => Assert.Equal(KvpWriteOutcome.Landed, item.Outcome));
        AssertSound(await GuestFolder.ReadAsync(folder.Own));
    }

    [Fact(Timeout = TestTimeout)]
    public async Task Beside_the_real_daemon_a_second_writer_and_a_killed_one_nothing_is_lost_or_torn()
    {
        CancellationToken canceled = TestContext.Current.CancellationToken;
        string? unavailable = DaemonRequirements.WhyUnavailable();
        Assert.SkipWhen(unavailable is not null, $"The real daemon cannot run here: {unavailable}");
        await using DaemonGuest guest = new(new DaemonGuestOptions());
        await guest.BootAsync(canceled);
        await using GuestFolder folder = new(guest.PoolFolder);
        await File.WriteAllBytesAsync(folder.Own, StillRecords(), canceled);
        using Process foreign = await StormProcesses.StartReadyAsync(Program.ForeignCommand, folder.Path);
        await using LinuxGuestTransport transport = folder.Open("kvprpc.here.");
        using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(canceled);

        Task<Dictionary<string, string>> host = Task.Run(() => HostStormAsync(guest, over.Token), canceled);
        Task<int> own = Task.Run(() => OwnStormAsync(transport, over.Token), canceled);
        Random random = new(2);
        Task<Process> next = StartWriterAsync(folder, 0);
        for (int round = 0; round < Rounds / 2 && !host.IsCompleted && !own.IsCompleted; round++)
        {
            using Process writer = await next;
            await StormProcesses.GoAsync(writer);
            next = StartWriterAsync(folder, round + 1);
            for (int looks = random.Next(1, 30); looks > 0; looks--)
                AssertSound(await GuestFolder.ReadAsync(folder.Own));
            await StormProcesses.KillAsync(writer, random);
        }

        (await next).Dispose();
        await over.CancelAsync();
        Dictionary<string, string> hostItems = await host;
        int writes = await own;
        int foreignWrites = await EndAsync(foreign);
        TestContext.Current.SendDiagnosticMessage(
            $"{writes} own batches, {foreignWrites} writes by others, {hostItems.Count} host items at the end.");

        AssertSound(await GuestFolder.ReadAsync(folder.Own));
        Assert.True(writes > Rounds && foreignWrites > Rounds, $"{writes} own, {foreignWrites} foreign writes");
        ItemCollector peer = new();
        await transport.ReadPeerTableAsync(peer, canceled);
        Assert.Equal(hostItems.OrderBy(item => item.Key), peer.Items.OrderBy(item => item.Key));
        Assert.Empty(transport.Problems);
    }

    private static Task<Process> StartWriterAsync(GuestFolder folder, int round) => StormProcesses.StartReadyAsync(
        Program.WriterCommand, folder.Path, round.ToString(CultureInfo.InvariantCulture));

    /// <summary>Sets, deletes and enumerates as fast as the daemon answers.</summary>
    /// <returns>What the host's table then holds.</returns>
    private static async Task<Dictionary<string, string>> HostStormAsync(DaemonGuest guest, CancellationToken over)
    {
        Random random = new(3);
        Dictionary<string, string> items = [];
        for (int n = 0; !over.IsCancellationRequested; n++)
        {
            string key = string.Create(CultureInfo.InvariantCulture, $"host.{random.Next(10)}");
            if (random.Next(5) > 0)
            {
                items[key] = StormProcesses.Value(n);
                Assert.True((await TransactAsync(guest, KvpRequest.Set(KvpPool.External, key, items[key]))).IsOk);
            }
            else if (items.Remove(key))
            {
                Assert.True((await TransactAsync(guest, KvpRequest.Delete(KvpPool.External, key))).IsOk);
            }

            if (n % 4 == 0)
                await EnumerateAsync(guest);
        }

        return items;
    }

    /// <summary>Sees the own table as the host does: what it is told is whole, and its reading does not end
    /// early.</summary>
    private static async Task EnumerateAsync(DaemonGuest guest)
    {
        int still = 0;
        for (int index = 0; ; index++)
        {
            KvpResponse item = await TransactAsync(guest, KvpRequest.Enumerate(KvpPool.Guest, index));
            Assert.NotEqual(KvpResponse.Failed, item.Status);
            if (!item.IsOk)
                break;
            if (item.Key.StartsWith("still.", StringComparison.Ordinal))
                still++;
            else
                Assert.True(item.Value.Length == 0 || StormProcesses.IsWhole(item.Value), $"{item.Key}: {item.Value}");
        }

        Assert.Equal(StillCount, still);
    }

    private static async Task<KvpResponse> TransactAsync(DaemonGuest guest, KvpRequest request) =>
        await guest.TransactAsync(request, CancellationToken.None);

    /// <summary>Writes and reads through the transport.</summary>
    /// <returns>How many batches landed.</returns>
    private static async Task<int> OwnStormAsync(LinuxGuestTransport transport, CancellationToken over)
    {
        int writes = 0;
        for (; !over.IsCancellationRequested; writes++)
        {
            KvpItemWrite[] batch = [.. Enumerable.Range(0, 4).Select(slot => Item(slot, writes, "kvprpc.here."))];
            batch[writes % 4].IsDelete = writes % 5 == 0;
            await transport.WriteAsync(batch, CancellationToken.None);
            Assert.All(batch, item => Assert.Equal(KvpWriteOutcome.Landed, item.Outcome));

            ItemCollector own = new();
            await transport.ReadOwnTableAsync(own, CancellationToken.None);
            Assert.All(batch, item => Assert.Equal(
                item.IsDelete ? "" : item.Value.ToString(), own.Items.GetValueOrDefault(item.Key, "")));

            ItemCollector peer = new();
            await transport.ReadPeerTableAsync(peer, CancellationToken.None);
            Assert.All(
                peer.Items, item => Assert.True(StormProcesses.IsWhole(item.Value), $"{item.Key}: {item.Value}"));
            Assert.Empty(peer.RepeatedKeys);
        }

        return writes;
    }

    /// <summary>Records of a program that does nothing: not a byte of them may change.</summary>
    private static byte[] StillRecords() => PoolBytes.File(
        [.. Enumerable.Range(0, StillCount).Select(n => PoolBytes.Record($"still.{n}", $"{n}", (byte)(0x80 + n)))]);

    private static KvpItemWrite Item(int slot, int counter, string prefix = GuestFolder.Prefix) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{prefix}{slot}"))
        {
            Value = StormProcesses.Value(counter).AsMemory(),
        };

    private static bool IsOwn(string key) => key.StartsWith("kvprpc.", StringComparison.Ordinal);

    private static void AssertSound(byte[] file)
    {
        byte[] still = StillRecords();
        Assert.True(file.AsSpan().StartsWith(still), "The records of a program that does nothing have changed.");
        Assert.Equal(0, file.Length % PoolBytes.RecordSize);
        List<(string Key, string Value)> items = PoolBytes.AsHostSees(file.AsSpan(still.Length));
        Assert.Equal((file.Length - still.Length) / PoolBytes.RecordSize, items.Count);
        HashSet<string> keys = [];
        foreach ((string key, string value) in items)
        {
            Assert.True(IsOwn(key) || key.StartsWith("other.", StringComparison.Ordinal) || key.Length == 0, key);
            Assert.True((value.Length == 0 && !key.StartsWith("other.", StringComparison.Ordinal))
                || StormProcesses.IsWhole(value), $"{key}: {value}");
            Assert.True(key.Length == 0 || keys.Add(key), $"{key} is there twice.");
        }
    }

    private static async Task<int> EndAsync(Process process)
    {
        process.StandardInput.Close();
        string? answer = await process.StandardOutput.ReadLineAsync(CancellationToken.None);
        await process.WaitForExitAsync(CancellationToken.None);
        Assert.Equal(0, process.ExitCode);
        return int.Parse(answer!, CultureInfo.InvariantCulture);
    }
}
