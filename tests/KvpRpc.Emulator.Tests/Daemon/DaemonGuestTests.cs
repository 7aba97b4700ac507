using System.Text;
using KvpRpc.Emulator.Daemon;
using KvpRpc.Emulator.Guests;

namespace KvpRpc.Emulator.Tests.Daemon;

public sealed class DaemonGuestTests : DaemonTestBase
{
    [Fact]
    public async Task A_daemon_registers_at_boot_and_is_gone_at_a_halt()
    {
        SkipUnlessAvailable();
        await using DaemonGuest guest = new DaemonGuest(new DaemonGuestOptions());
        Assert.False(guest.IsServiceUp);
        Assert.Equal(KvpResponse.Failed, (await SetAsync(guest, "key", "early")).Status);
        await guest.BootAsync(Token);
        Assert.True(guest.IsServiceUp);
        Assert.True((await SetAsync(guest, "key", "value")).IsOk);
        await guest.HaltAsync(Token);
        Assert.False(guest.IsServiceUp);
        Assert.Null(guest.DaemonProcessId);
        Assert.Equal(KvpResponse.Failed, (await SetAsync(guest, "key", "late")).Status);
    }

    [Fact]
    public async Task Items_are_set_changed_found_and_deleted()
    {
        await using DaemonGuest guest = await BootAsync();
        Assert.True((await SetAsync(guest, "first", "1")).IsOk);
        Assert.True((await SetAsync(guest, "second", "zwei €😀")).IsOk);
        Assert.True((await SetAsync(guest, "first", "one")).IsOk);
        (List<KvpRecord> records, uint end) = await EnumerateAsync(guest, KvpPool.External);
        Assert.Equal([new("first", "one"), new("second", "zwei €😀")], records);
        Assert.Equal(KvpResponse.NoMoreItems, end);

        Assert.True((await guest.TransactAsync(KvpRequest.Delete(KvpPool.External, "first"), Token)).IsOk);
        (records, _) = await EnumerateAsync(guest, KvpPool.External);
        Assert.Equal([new("second", "zwei €😀")], records);
        KvpResponse again = await guest.TransactAsync(KvpRequest.Delete(KvpPool.External, "first"), Token);
        Assert.Equal(KvpResponse.NoMoreItems, again.Status);
    }

    [Fact]
    public async Task A_get_tells_whether_a_key_exists_and_nothing_else()
    {
        await using DaemonGuest guest = await BootAsync();
        Assert.True((await SetAsync(guest, "key", "value")).IsOk);
        KvpResponse found = await guest.TransactAsync(KvpRequest.Get(KvpPool.External, "key"), Token);
        Assert.Equal(KvpResponse.Of(KvpResponse.Ok), found);
        KvpResponse missing = await guest.TransactAsync(KvpRequest.Get(KvpPool.External, "Key"), Token);
        Assert.Equal(KvpResponse.NoMoreItems, missing.Status);
    }

    [Fact]
    public async Task A_guest_program_reads_the_pool_files_from_outside()
    {
        await using DaemonGuest guest = await BootAsync();
        Assert.True((await SetAsync(guest, "key", "value")).IsOk);
        byte[] pool = await File.ReadAllBytesAsync(Path.Join(guest.PoolFolder, ".kvp_pool_0"), Token);
        Assert.Equal(2560, pool.Length);
        Assert.Equal("key\0"u8, pool.AsSpan(0, 4));
        Assert.Equal("value\0"u8, pool.AsSpan(512, 6));
    }

    [Theory]
    [InlineData(1021, 1021)]
    [InlineData(1022, 1022)]
    [InlineData(1023, 1022)]
    public async Task A_value_of_the_guest_reaches_the_host_cut_at_1022_units(int written, int expected)
    {
        await using DaemonGuest guest = await BootAsync();
        Append(guest, KvpPool.Guest, "key"u8, Encoding.UTF8.GetBytes(new string('é', written)));
        (List<KvpRecord> records, _) = await EnumerateAsync(guest, KvpPool.Guest);
        Assert.Equal([new("key", new string('é', expected))], records);
    }

    [Fact]
    public async Task A_value_of_the_host_is_cut_at_2047_bytes_inside_the_guest()
    {
        await using DaemonGuest guest = await BootAsync(new() { Nls = KernelNls.SkipsWhatDoesNotFit });
        Assert.True((await SetAsync(guest, "key", new string('€', 682) + "éab")).IsOk);
        byte[] pool = await File.ReadAllBytesAsync(Path.Join(guest.PoolFolder, ".kvp_pool_0"), Token);
        Assert.Equal(new string('€', 682) + "a\0", Encoding.UTF8.GetString(pool.AsSpan(512)));
    }

    [Fact]
    public async Task A_record_that_is_not_UTF_8_hides_all_later_ones_from_the_host()
    {
        await using DaemonGuest guest = await BootAsync();
        Append(guest, KvpPool.Guest, "before"u8, "seen"u8);
        Append(guest, KvpPool.Guest, "bad"u8, [0x61, 0xFF, 0x62]);
        Append(guest, KvpPool.Guest, "after"u8, "hidden"u8);
        (List<KvpRecord> records, uint end) = await EnumerateAsync(guest, KvpPool.Guest);
        Assert.Equal([new("before", "seen")], records);
        Assert.Equal(KvpResponse.Failed, end);
    }

    [Fact]
    public async Task A_second_opener_of_the_device_is_told_that_it_is_busy()
    {
        await using DaemonGuest guest = await BootAsync();
        string device = $"/proc/{guest.DaemonProcessId}/root/dev/vmbus/hv_kvp";
        IOException exception = Assert.Throws<IOException>(() =>
            File.OpenHandle(device, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite));
        Assert.Equal(LinuxNative.Busy, exception.HResult);
        Assert.True((await SetAsync(guest, "key", "value")).IsOk);
    }

    [Fact]
    public async Task Four_daemons_live_side_by_side()
    {
        SkipUnlessAvailable();
        DaemonGuest[] guests = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => BootAsync()));
        try
        {
            await Task.WhenAll(guests.Select((guest, number) => FillAsync(guest, number)));
            for (int number = 0; number < guests.Length; number++)
            {
                (List<KvpRecord> records, _) = await EnumerateAsync(guests[number], KvpPool.External);
                Assert.Equal(20, records.Count);
                Assert.All(records, record => Assert.Equal($"of {number}", record.Value));
            }

            Assert.Equal(4, guests.Select(guest => guest.PoolFolder).Distinct().Count());
        }
        finally
        {
            foreach (DaemonGuest guest in guests) await guest.DisposeAsync();
        }

        static async Task FillAsync(DaemonGuest guest, int number)
        {
            for (int item = 0; item < 20; item++)
                Assert.True((await SetAsync(guest, $"key {item}", $"of {number}")).IsOk);
        }
    }

    [Fact]
    public async Task Transactions_of_many_callers_are_carried_out_one_by_one()
    {
        await using DaemonGuest guest = await BootAsync();
        KvpResponse[] responses = await Task.WhenAll(Enumerable.Range(0, 50).Select(item =>
            Task.Run(() => SetAsync(guest, $"key {item}", "value"), Token)));
        Assert.All(responses, response => Assert.True(response.IsOk));
        (List<KvpRecord> records, _) = await EnumerateAsync(guest, KvpPool.External);
        Assert.Equal(50, records.Count);
    }

    [Fact]
    public async Task Pools_can_be_kept_in_a_folder_of_the_caller()
    {
        SkipUnlessAvailable();
        string folder = Directory.CreateTempSubdirectory("kvprpc-test-").FullName;
        try
        {
            await using (DaemonGuest guest = await BootAsync(new() { PoolFolder = folder }))
            {
                Assert.Equal(folder, guest.PoolFolder);
                Assert.True((await SetAsync(guest, "key", "value")).IsOk);
            }

            Assert.Equal([new("key", "value")], PoolFile.Read(folder, KvpPool.External));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Saved_tables_come_back()
    {
        await using DaemonGuest guest = await BootAsync();
        Assert.True((await SetAsync(guest, "host", "old")).IsOk);
        Append(guest, KvpPool.Guest, "guest"u8, "old"u8);
        GuestTables saved = await guest.SaveTablesAsync(Token);
        Assert.True((await SetAsync(guest, "host", "new")).IsOk);
        Append(guest, KvpPool.Guest, "more"u8, "new"u8);
        await guest.RestoreTablesAsync(saved, Token);
        Assert.Equal([new("host", "old")], (await EnumerateAsync(guest, KvpPool.External)).Records);
        Assert.Equal([new("guest", "old")], (await EnumerateAsync(guest, KvpPool.Guest)).Records);
    }

    private static void Append(DaemonGuest guest, KvpPool pool, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        byte[] record = new byte[2560];
        key.CopyTo(record);
        value.CopyTo(record.AsSpan(512));
        File.AppendAllBytes(Path.Join(guest.PoolFolder, $".kvp_pool_{(int)pool}"), record);
    }
}
