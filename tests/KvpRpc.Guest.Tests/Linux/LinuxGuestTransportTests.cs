using KvpRpc.Conformance;
using KvpRpc.Guest.Linux;
using KvpRpc.Transports;
using Microsoft.Extensions.Time.Testing;

namespace KvpRpc.Guest.Tests.Linux;

public sealed class LinuxGuestTransportTests
{
    private const string Prefix = GuestFolder.Prefix;

    private static CancellationToken Canceled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_limits_are_those_of_the_pool_file_and_the_driver()
    {
        await using GuestFolder folder = await GuestFolder.CreateAsync();
        await using LinuxGuestTransport transport = folder.Open();

        Assert.Equal(
            new KvpTransportLimits { MaxKeyUnits = 254, MaxValueUnits = 1022, MaxValueUtf8Bytes = 2047 },
            transport.Limits);
    }

    [Fact]
    public async Task A_folder_that_does_not_exist_is_an_error_that_asks_for_the_daemon()
    {
        await using GuestFolder folder = await GuestFolder.CreateAsync();
        LinuxGuestTransportOptions options = folder.Options() with { Folder = folder.Path + "/none" };

        KvpTransportException error = Assert.Throws<KvpTransportException>(() => LinuxGuestTransport.Open(options));

        Assert.Equal(KvpTransportError.NotFound, error.Error);
        Assert.Contains(options.Folder, error.Message, StringComparison.Ordinal);
        Assert.Contains("daemon installed and running", error.Message, StringComparison.Ordinal);
        Assert.Contains("Data Exchange", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_pool_file_that_does_not_exist_is_named_and_the_channel_is_free_again(int pool)
    {
        await using GuestFolder folder = await GuestFolder.CreateAsync();
        File.Delete(folder.Pool(pool));

        KvpTransportException error = Assert.Throws<KvpTransportException>(() => folder.Open());

        Assert.Equal(KvpTransportError.NotFound, error.Error);
        Assert.Contains(folder.Pool(pool), error.Message, StringComparison.Ordinal);
        await File.WriteAllBytesAsync(folder.Pool(pool), [], Canceled);
        await using LinuxGuestTransport transport = folder.Open();
    }

    [Theory]
    [InlineData(Libc.AccessDenied, KvpTransportError.AccessDenied, "root")]
    [InlineData(Libc.NotPermitted, KvpTransportError.AccessDenied, "root")]
    [InlineData(Libc.ReadOnlyFileSystem, KvpTransportError.AccessDenied, "read-only")]
    [InlineData(Libc.TooManyFiles, KvpTransportError.Unavailable, "errno 24")]
    public void Errors_of_the_system_say_what_to_do(int error, KvpTransportError kind, string text)
    {
        KvpTransportException exception = PoolErrors.Opening(error, "/var/lib/hyperv/.kvp_pool_1", PoolAccess.Write);

        Assert.Equal(kind, exception.Error);
        Assert.Contains(text, exception.Message, StringComparison.Ordinal);
        Assert.Contains("/var/lib/hyperv/.kvp_pool_1", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("\u00E9.")]
    public async Task A_prefix_that_cannot_be_one_is_refused(string prefix)
    {
        await using GuestFolder folder = await GuestFolder.CreateAsync();

        Assert.Throws<ArgumentException>(() => folder.Open(prefix));
    }

    [Fact]
    public async Task The_table_of_the_host_is_never_written()
    {
        await using GuestFolder folder = await GuestFolder.CreateAsync();
        byte[] bytes = PoolBytes.File(PoolBytes.Record($"{Prefix}1", "by the host", 3), new byte[100]);
        await File.WriteAllBytesAsync(folder.Peer, bytes, Canceled);
        DateTime written = File.GetLastWriteTimeUtc(folder.Peer);
        await using LinuxGuestTransport transport = folder.Open();

        await WriteAsync(transport, (Prefix + "1", "by the guest"));
        await WriteAsync(transport, (Prefix + "1", null));
        Assert.Equal("by the host", (await ReadPeerAsync(transport))[Prefix + "1"]);

        Assert.Equal(bytes, await GuestFolder.ReadAsync(folder.Peer));
        Assert.Equal(written, File.GetLastWriteTimeUtc(folder.Peer));
    }

    [Fact]
    public async Task Records_that_others_removed_are_seen_as_missing_and_written_again()
    {
        await using GuestFolder folder = await GuestFolder.CreateAsync();
        await using LinuxGuestTransport transport = folder.Open();
        await WriteAsync(transport, (Prefix + "1", "one"), (Prefix + "2", "two"));

        // cloud-init does this when the file is older than the boot.
        await File.WriteAllBytesAsync(folder.Own, [], Canceled);
        await folder.SetForeignAsync("other", "first now");

        Assert.DoesNotContain(Prefix + "1", await ReadOwnAsync(transport));
        await WriteAsync(transport, (Prefix + "2", "two"));
        Assert.Equal(
            [("other", "first now"), (Prefix + "2", "two")],
            PoolBytes.AsHostSees(await GuestFolder.ReadAsync(folder.Own)));
    }

    [Fact]
    public async Task A_file_that_was_replaced_is_the_one_that_counts()
    {
        await using GuestFolder folder = await GuestFolder.CreateAsync();
        await using LinuxGuestTransport transport = folder.Open();
        await WriteAsync(transport, (Prefix + "1", "one"));

        await File.WriteAllBytesAsync(folder.Own + ".new", PoolBytes.Record("other", "1"), Canceled);
        File.Move(folder.Own + ".new", folder.Own, overwrite: true);
        await WriteAsync(transport, (Prefix + "1", "again"));

        Assert.Equal(
            [("other", "1"), (Prefix + "1", "again")], PoolBytes.AsHostSees(await GuestFolder.ReadAsync(folder.Own)));
    }

    [Fact]
    public async Task A_foreign_record_that_hides_ours_from_the_host_is_named_until_it_is_gone()
    {
        await using GuestFolder folder = await GuestFolder.CreateAsync();
        byte[] good = PoolBytes.Record("good", "1");
        byte[] bad = PoolBytes.Record("bad\u00E9\""u8, [0xC3, 0x28]);
        await File.WriteAllBytesAsync(folder.Own, PoolBytes.File(good, bad), Canceled);
        await using LinuxGuestTransport transport = folder.Open();

        await WriteAsync(transport, (Prefix + "1", "hidden"), (Prefix + "2", "hidden"));

        KvpTransportProblem problem = Assert.Single(transport.Problems);
        Assert.Equal("foreign-record-invalid-utf8", problem.Code);
        Assert.Contains("Record 1 (at byte 2560)", problem.Message, StringComparison.Ordinal);
        Assert.Contains(folder.Own, problem.Message, StringComparison.Ordinal);
        Assert.Contains("bad\\xc3\\xa9\\x22", problem.Message, StringComparison.Ordinal);
        Assert.Contains("among them 2 of this channel", problem.Message, StringComparison.Ordinal);
        Assert.Contains($"truncate -s 2560 {folder.Own}", problem.Message, StringComparison.Ordinal);
        Assert.Equal([("good", "1")], PoolBytes.AsHostSees(await GuestFolder.ReadAsync(folder.Own)));

        await File.WriteAllBytesAsync(folder.Own, good, Canceled);
        await ReadOwnAsync(transport);
        Assert.Empty(transport.Problems);
    }

    [Fact]
    public async Task A_foreign_record_without_a_NUL_is_named()
    {
        await using GuestFolder folder = await GuestFolder.CreateAsync();
        await File.WriteAllBytesAsync(folder.Own, PoolBytes.Record(new string('k', 512), "1"), Canceled);
        await using LinuxGuestTransport transport = folder.Open();

        await ReadOwnAsync(transport);

        Assert.Equal("foreign-record-unterminated", Assert.Single(transport.Problems).Code);
    }

    [Fact]
    public async Task Own_records_that_a_dead_writer_damaged_are_healed_by_the_next_write()
    {
        await using GuestFolder folder = await GuestFolder.CreateAsync();
        await using LinuxGuestTransport transport = folder.Open();
        await WriteAsync(transport, (Prefix + "1", "one"));
        await File.WriteAllBytesAsync(
            folder.Own,
            PoolBytes.File(
                PoolBytes.Record(System.Text.Encoding.UTF8.GetBytes(Prefix + "1"), [0xE4, 0xB8]),
                PoolBytes.Record("other", "1"),
                new byte[300]),
            Canceled);

        Assert.DoesNotContain(Prefix + "1", await ReadOwnAsync(transport));
        Assert.Empty(transport.Problems);
        await WriteAsync(transport, (Prefix + "2", "two"));

        byte[] bytes = await GuestFolder.ReadAsync(folder.Own);
        Assert.Equal([(Prefix + "2", "two"), ("other", "1")], PoolBytes.AsHostSees(bytes));
        Assert.Equal(2 * PoolBytes.RecordSize, bytes.Length);
    }

    [Fact]
    public async Task A_table_beyond_all_bounds_is_read_in_part_and_named()
    {
        const int bound = 3276;
        await using GuestFolder folder = await GuestFolder.CreateAsync();
        byte[] table = PoolBytes.File(
            [.. Enumerable.Range(0, bound + 4).Select(n => PoolBytes.Record($"other.{n}", "1"))]);
        await File.WriteAllBytesAsync(folder.Own, table, Canceled);
        await File.WriteAllBytesAsync(folder.Peer, table, Canceled);
        await using LinuxGuestTransport transport = folder.Open();
        KvpItemWrite write = new(Prefix + "1") { Value = "1".AsMemory() };

        Assert.Equal(bound, (await ReadPeerAsync(transport)).Count);
        Assert.Equal(bound, (await ReadOwnAsync(transport)).Count);
        await transport.WriteAsync([write], Canceled);

        Assert.Equal(["pool-too-large", "pool-too-large"], transport.Problems.Select(problem => problem.Code));
        Assert.Equal(KvpWriteOutcome.Refused, write.Outcome);
        Assert.Contains("3276", write.Error, StringComparison.Ordinal);
        Assert.Equal(table, await GuestFolder.ReadAsync(folder.Own));
    }

    [Fact]
    public async Task A_lock_that_another_holds_is_waited_for()
    {
        await using GuestFolder folder = await GuestFolder.CreateAsync();
        FakeTimeProvider time = new();
        await using LinuxGuestTransport transport =
            LinuxGuestTransport.Open(folder.Options() with { TimeProvider = time });
        Task write;
        using (await GuestFolder.LockAsync(folder.Own))
        {
            write = WriteAsync(transport, (Prefix + "1", "one"));
            time.Advance(TimeSpan.FromSeconds(1));
            Assert.False(write.IsCompleted);
        }

        await AdvanceUntilAsync(time, write);

        Assert.Equal("one", (await ReadOwnAsync(transport))[Prefix + "1"]);
    }

    [Fact]
    public async Task A_lock_that_is_not_released_in_time_is_an_error_that_names_its_holder()
    {
        await using GuestFolder folder = await GuestFolder.CreateAsync();
        FakeTimeProvider time = new();
        await using LinuxGuestTransport transport =
            LinuxGuestTransport.Open(folder.Options() with { TimeProvider = time });
        using PoolFile held = await GuestFolder.LockAsync(folder.Own);
        KvpItemWrite write = new(Prefix + "1") { Value = "1".AsMemory() };

        Task writing = transport.WriteAsync([write], Canceled).AsTask();
        KvpTransportException error = await Assert.ThrowsAsync<KvpTransportException>(
            () => AdvanceUntilAsync(time, writing));

        Assert.Equal(KvpTransportError.Unavailable, error.Error);
        Assert.Contains($"process {Environment.ProcessId} ", error.Message, StringComparison.Ordinal);
        Assert.Equal(KvpWriteOutcome.Refused, write.Outcome);
    }

    [Fact]
    public async Task Waiting_for_a_lock_can_be_given_up()
    {
        await using GuestFolder folder = await GuestFolder.CreateAsync();
        await using LinuxGuestTransport transport = folder.Open();
        using PoolFile held = await GuestFolder.LockAsync(folder.Peer);
        using CancellationTokenSource source = new();

        Task read = transport.ReadPeerTableAsync(new ItemCollector(), source.Token).AsTask();
        Assert.False(read.IsCompleted);
        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
    }

    [Fact]
    public async Task The_lock_of_cloud_init_is_respected_too()
    {
        await using GuestFolder folder = await GuestFolder.CreateAsync();
        FakeTimeProvider time = new();
        await using LinuxGuestTransport transport =
            LinuxGuestTransport.Open(folder.Options() with { TimeProvider = time });
        Assert.Equal(0, Libc.TryOpen(folder.Own, Libc.ReadWrite, out var other));
        using (other)
        {
            Assert.Equal(0, Libc.FileLock(other, Libc.LockExclusive));
            Task write = WriteAsync(transport, (Prefix + "1", "one"));
            time.Advance(TimeSpan.FromSeconds(1));
            Assert.False(write.IsCompleted);

            Assert.Equal(0, Libc.FileLock(other, Libc.Unlock));
            await AdvanceUntilAsync(time, write);
        }
    }

    [Fact]
    public async Task Readers_do_not_exclude_each_other()
    {
        await using GuestFolder folder = await GuestFolder.CreateAsync();
        await folder.SetPeerAsync("a", "1");
        await using LinuxGuestTransport transport = folder.Open();
        using PoolFile reader = await GuestFolder.LockAsync(folder.Peer, PoolAccess.Read);

        Assert.Equal("1", (await ReadPeerAsync(transport))["a"]);
    }

    [Fact]
    public async Task What_the_host_tells_about_the_machine_can_be_read()
    {
        await using GuestFolder folder = await GuestFolder.CreateAsync();
        Guid id = Guid.Parse("6f3a2a3c-0f6f-4d35-b0aa-0c3a1e6b7c55");
        await File.WriteAllBytesAsync(
            folder.Pool(3),
            PoolBytes.File(
                PoolBytes.Record("HostName", "node-1"),
                PoolBytes.Record("PhysicalHostName", "rack-7"),
                PoolBytes.Record("PhysicalHostNameFullyQualified", "rack-7.example.com"),
                PoolBytes.Record("VirtualMachineName", "web-01"),
                PoolBytes.Record("VirtualMachineDynamicMemoryBalancingEnabled", "0"),
                PoolBytes.Record("VirtualMachineId", id.ToString().ToUpperInvariant())),
            Canceled);

        Assert.Equal(
            new GuestParameters
            {
                HostName = "node-1",
                PhysicalHostName = "rack-7",
                PhysicalHostNameFullyQualified = "rack-7.example.com",
                VirtualMachineName = "web-01",
                VirtualMachineId = id,
            },
            await GuestParameters.ReadAsync(folder.Options(), Canceled));
    }

    private static async Task AdvanceUntilAsync(FakeTimeProvider time, Task task)
    {
        while (!task.IsCompleted)
        {
            time.Advance(TimeSpan.FromMilliseconds(20));
            await Task.Yield();
        }

        await task;
    }

    private static async Task WriteAsync(LinuxGuestTransport transport, params (string Key, string? Value)[] items)
    {
        KvpItemWrite[] batch =
            [.. items.Select(item => new KvpItemWrite(item.Key)
            {
                Value = item.Value.AsMemory(),
                IsDelete = item.Value is null,
            })];
        await transport.WriteAsync(batch, Canceled);
        Assert.All(batch, item => Assert.Equal(KvpWriteOutcome.Landed, item.Outcome));
    }

    private static async Task<IReadOnlyDictionary<string, string>> ReadOwnAsync(LinuxGuestTransport transport)
    {
        ItemCollector items = new();
        await transport.ReadOwnTableAsync(items, Canceled);
        return items.Items;
    }

    private static async Task<IReadOnlyDictionary<string, string>> ReadPeerAsync(LinuxGuestTransport transport)
    {
        ItemCollector items = new();
        await transport.ReadPeerTableAsync(items, Canceled);
        return items.Items;
    }
}
