using System.Diagnostics;
using KvpRpc.Emulator.Daemon;
using KvpRpc.Emulator.Guests;
using Microsoft.Extensions.Time.Testing;

namespace KvpRpc.Emulator.Tests.Daemon;

public sealed class DaemonLifeTests : DaemonTestBase
{
    private const string OwnerFile = "KVPRPC_TEST_OWNER_FILE";

    [Fact]
    public async Task A_killed_daemon_fails_transactions_and_a_new_one_finds_the_pools()
    {
        await using DaemonGuest guest = await BootAsync();
        Assert.True((await SetAsync(guest, "key", "value")).IsOk);
        for (int round = 0; round < 5; round++)
        {
            int first = guest.DaemonProcessId!.Value;
            Kill(first);
            WaitUntil(() => !guest.IsServiceUp, "the driver sees that the daemon has gone");
            Assert.Equal(KvpResponse.Failed, (await SetAsync(guest, "key", "lost")).Status);
            await guest.StartServiceAsync(Token);
            Assert.NotEqual(first, guest.DaemonProcessId);
            Assert.Equal([new("key", "value")], (await EnumerateAsync(guest, KvpPool.External)).Records);
        }
    }

    [Fact]
    public async Task A_daemon_killed_in_the_middle_of_a_transaction_fails_it_at_once()
    {
        var time = new FakeTimeProvider();
        await using DaemonGuest guest = await BootAsync(new() { TimeProvider = time });
        await FreezeAsync(guest);
        Task<KvpResponse> pending = SetAsync(guest, "key", "value");
        Kill(guest.DaemonProcessId!.Value);
        Assert.Equal(KvpResponse.Failed, (await pending).Status);
    }

    [Fact]
    public async Task A_hung_daemon_fails_a_transaction_after_30_seconds_and_the_write_lands_late()
    {
        var time = new FakeTimeProvider();
        await using DaemonGuest guest = await BootAsync(new() { TimeProvider = time });
        await FreezeAsync(guest);
        Task<KvpResponse> pending = SetAsync(guest, "key", "late");
        time.Advance(TimeSpan.FromSeconds(29.999));
        Assert.False(pending.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(KvpResponse.Failed, (await pending).Status);

        // The first message still lies in the device, so the next cannot even be sent.
        Assert.Equal(KvpResponse.Failed, (await SetAsync(guest, "key", "never")).Status);

        int daemon = guest.DaemonProcessId!.Value;
        await guest.ResumeAsync(Token);
        WaitUntil(() => PoolFile.Read(guest.PoolFolder, KvpPool.External).Length is 1, "the write lands late");
        WaitUntil(() => guest.IsServiceUp, "the daemon has registered again");
        (List<KvpRecord> records, _) = await EnumerateWhenUpAsync(guest);
        Assert.Equal([new("key", "late")], records);
        Assert.Equal(daemon, guest.DaemonProcessId);
    }

    [Fact]
    public async Task A_caller_may_give_up_a_transaction_and_the_next_one_waits_for_its_end()
    {
        await using DaemonGuest guest = await BootAsync();
        await FreezeAsync(guest);
        using var impatience = new CancellationTokenSource();
        Task<KvpResponse> given = guest
            .TransactAsync(KvpRequest.Set(KvpPool.External, "key", "first"), impatience.Token).AsTask();
        await impatience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);
        Task<KvpResponse> next = SetAsync(guest, "key", "second");
        Assert.False(next.IsCompleted);
        await guest.ResumeAsync(Token);
        Assert.True((await next).IsOk);
        Assert.Equal([new("key", "second")], (await EnumerateAsync(guest, KvpPool.External)).Records);
    }

    [Fact]
    public async Task Nothing_is_left_of_a_disposed_guest()
    {
        DaemonGuest guest = await BootAsync();
        int daemon = guest.DaemonProcessId!.Value;
        string folder = guest.PoolFolder;
        Assert.Equal([$"/proc/{daemon}"], ProcessesThatSee(guest.MountSource));
        Assert.True(Directory.Exists(folder));
        await guest.DisposeAsync();
        await guest.DisposeAsync();
        Assert.False(IsRunning(daemon));
        Assert.Empty(ProcessesThatSee(guest.MountSource));
        Assert.False(Directory.Exists(folder));
    }

    [Fact]
    public async Task No_thread_of_the_owner_keeps_the_mounts_of_a_guest()
    {
        await using DaemonGuest guest = await BootAsync();
        for (int item = 0; item < 200; item++) Assert.True((await SetAsync(guest, $"key {item % 8}", "value")).IsOk);

        // The thread that makes the mounts of a guest of another test may be there for a moment.
        WaitUntil(() => NamespacesOfOwnThreads().Count is 1, "all threads are in one mount namespace");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Nothing_is_left_of_a_guest_whose_owner_is_killed(bool isDaemonHung)
    {
        SkipUnlessAvailable();
        string file = Path.GetTempFileName();
        string temporary = Directory.CreateTempSubdirectory("kvprpc-test-").FullName;
        using Process owner = StartOwner(file, temporary);
        string[] facts = [];
        WaitUntil(() => (facts = File.ReadAllLines(file)).Length is 3 || owner.HasExited, "a process owns a guest");
        if (owner.HasExited) Assert.Fail(await owner.StandardOutput.ReadToEndAsync(Token));
        int daemon = int.Parse(facts[0], null);
        Assert.True(IsRunning(daemon));
        Assert.Equal([$"/proc/{daemon}"], ProcessesThatSee(facts[1]));
        Assert.True(File.Exists(Path.Join(facts[2], ".kvp_pool_0")));
        if (isDaemonHung) _ = LinuxNative.Signal(daemon, LinuxNative.SignalStop);

        owner.Kill();
        await owner.WaitForExitAsync(Token);
        WaitUntil(() => !IsRunning(daemon), "the daemon is gone");
        Assert.Empty(ProcessesThatSee(facts[1]));
        Assert.False(Directory.Exists(facts[2]));
        Assert.False(Directory.Exists("/dev/vmbus"));
        Assert.Empty(Directory.GetFileSystemEntries(temporary));
        Directory.Delete(temporary);
        File.Delete(file);
    }

    /// <summary>Not a test: what the other process does until it is killed.</summary>
    [Fact(Explicit = true)]
    public async Task Own_a_guest_until_killed()
    {
        string? file = Environment.GetEnvironmentVariable(OwnerFile);
        Assert.SkipUnless(file is not null, "Runs in a process that another test starts.");
        await using DaemonGuest guest = await BootAsync();
        await File.WriteAllLinesAsync(
            file, [$"{guest.DaemonProcessId}", guest.MountSource, guest.PoolFolder], Token);
        await new TaskCompletionSource().Task.WaitAsync(Token);
    }

    private static HashSet<string> NamespacesOfOwnThreads()
    {
        var found = new HashSet<string>();
        foreach (string thread in Directory.GetDirectories("/proc/self/task"))
        {
            string? target = new FileInfo($"{thread}/ns/mnt").LinkTarget;
            if (target is not null) _ = found.Add(target);
        }

        return found;
    }

    private static Process StartOwner(string file, string temporary)
    {
        string program = Path.ChangeExtension(typeof(DaemonLifeTests).Assembly.Location, null);
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true };
        string method = $"{typeof(DaemonLifeTests).FullName}.{nameof(Own_a_guest_until_killed)}";
        foreach (string argument in (ReadOnlySpan<string>)["-explicit", "only", "-method", method])
            start.ArgumentList.Add(argument);
        start.Environment[OwnerFile] = file;
        start.Environment["TMPDIR"] = temporary;
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        return Process.Start(start)!;
    }

    private static async Task FreezeAsync(DaemonGuest guest)
    {
        await guest.PauseAsync(Token);
        WaitUntil(() => StateOf(guest.DaemonProcessId!.Value) is 'T', "the daemon has stopped");
    }

    /// <summary>A daemon whose late answer was refused is up, down and up again.</summary>
    private static async Task<(List<KvpRecord> Records, uint End)> EnumerateWhenUpAsync(DaemonGuest guest)
    {
        while (true)
        {
            (List<KvpRecord> records, uint end) = await EnumerateAsync(guest, KvpPool.External);
            if (end is KvpResponse.NoMoreItems) return (records, end);
            Token.ThrowIfCancellationRequested();
        }
    }
}
