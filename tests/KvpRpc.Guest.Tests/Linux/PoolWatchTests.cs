using KvpRpc.Conformance;
using KvpRpc.Guest.Linux;
using KvpRpc.Transports;

namespace KvpRpc.Guest.Tests.Linux;

/// <summary>What the conformance suite does not ask about waiting: files and folders that go and come.</summary>
public sealed class PoolWatchTests
{
    private const int TestTimeout = 60_000;

    [Fact(Timeout = TestTimeout)]
    public async Task A_wait_before_the_first_read_ends_at_once()
    {
        CancellationToken canceled = TestContext.Current.CancellationToken;
        await using GuestFolder folder = await GuestFolder.CreateAsync();
        await using LinuxGuestTransport transport = folder.Open();

        await transport.WaitForChangeAsync(canceled);
    }

    [Fact(Timeout = TestTimeout)]
    public async Task Own_writes_and_reads_wake_nobody()
    {
        CancellationToken canceled = TestContext.Current.CancellationToken;
        await using GuestFolder folder = await GuestFolder.CreateAsync();
        await using LinuxGuestTransport transport = folder.Open();
        await ReadAsync(transport, canceled);
        Task wait = transport.WaitForChangeAsync(canceled).AsTask();

        for (int n = 0; n < 20; n++)
        {
            KvpItemWrite write = new($"{GuestFolder.Prefix}{n}") { Value = "1".AsMemory() };
            await transport.WriteAsync([write], canceled);
            await ReadAsync(transport, canceled);
        }

        Assert.False(wait.IsCompleted);
        await folder.SetPeerAsync("a", "1");
        await wait;
    }

    [Fact(Timeout = TestTimeout)]
    public async Task A_writer_that_keeps_the_file_open_is_noticed()
    {
        CancellationToken canceled = TestContext.Current.CancellationToken;
        await using GuestFolder folder = await GuestFolder.CreateAsync();
        await using LinuxGuestTransport transport = folder.Open();
        await ReadAsync(transport, canceled);
        Assert.Equal(0, Libc.TryOpen(folder.Peer, Libc.ReadWrite, out var file));
        using (file)
        {
            byte[] record = PoolBytes.Record("a", "1");
            Assert.Equal(record.Length, Libc.Write(file, record, record.Length, 0));

            await transport.WaitForChangeAsync(canceled);
        }
    }

    [Fact(Timeout = TestTimeout)]
    public async Task A_file_that_is_replaced_is_noticed_and_then_watched()
    {
        CancellationToken canceled = TestContext.Current.CancellationToken;
        await using GuestFolder folder = await GuestFolder.CreateAsync();
        await using LinuxGuestTransport transport = folder.Open();
        await ReadAsync(transport, canceled);

        await File.WriteAllBytesAsync(folder.Peer + ".new", PoolBytes.Record("a", "1"), canceled);
        File.Move(folder.Peer + ".new", folder.Peer, overwrite: true);
        await WaitForAsync(transport, "a", "1", canceled);

        await folder.SetPeerAsync("a", "2");
        await WaitForAsync(transport, "a", "2", canceled);
    }

    [Fact(Timeout = TestTimeout)]
    public async Task A_file_that_goes_and_comes_again_is_noticed()
    {
        CancellationToken canceled = TestContext.Current.CancellationToken;
        await using GuestFolder folder = await GuestFolder.CreateAsync();
        await using LinuxGuestTransport transport = folder.Open();
        await ReadAsync(transport, canceled);

        File.Delete(folder.Peer);
        await transport.WaitForChangeAsync(canceled);
        KvpTransportException error = await Assert.ThrowsAsync<KvpTransportException>(
            () => ReadAsync(transport, canceled));
        Assert.Equal(KvpTransportError.NotFound, error.Error);

        await File.WriteAllBytesAsync(folder.Peer, [], canceled);
        await folder.SetPeerAsync("a", "2");
        await WaitForAsync(transport, "a", "2", canceled);
    }

    [Fact(Timeout = TestTimeout)]
    public async Task A_folder_that_goes_ends_the_wait_with_an_error_and_may_come_again()
    {
        CancellationToken canceled = TestContext.Current.CancellationToken;
        await using GuestFolder folder = await GuestFolder.CreateAsync();
        await using LinuxGuestTransport transport = folder.Open();
        await ReadAsync(transport, canceled);
        Task wait = transport.WaitForChangeAsync(canceled).AsTask();

        Directory.Move(folder.Path, folder.Path + ".away");
        KvpTransportException error = await Assert.ThrowsAsync<KvpTransportException>(() => wait);
        Assert.Equal(KvpTransportError.NotFound, error.Error);
        await Assert.ThrowsAsync<KvpTransportException>(() => transport.WaitForChangeAsync(canceled).AsTask());

        Directory.Move(folder.Path + ".away", folder.Path);
        await transport.WaitForChangeAsync(canceled);
        await ReadAsync(transport, canceled);
        await folder.SetPeerAsync("a", "3");
        await WaitForAsync(transport, "a", "3", canceled);
    }

    [Fact(Timeout = TestTimeout)]
    public async Task Several_transports_of_one_folder_are_all_woken()
    {
        CancellationToken canceled = TestContext.Current.CancellationToken;
        await using GuestFolder folder = await GuestFolder.CreateAsync();
        await using LinuxGuestTransport one = folder.Open("kvprpc.one.");
        await using LinuxGuestTransport two = folder.Open("kvprpc.two.");
        await ReadAsync(one, canceled);
        await ReadAsync(two, canceled);
        await using (folder.Open("kvprpc.three."))
            await folder.SetPeerAsync("a", "1");

        await one.WaitForChangeAsync(canceled);
        await two.WaitForChangeAsync(canceled);
    }

    [Fact(Timeout = TestTimeout)]
    public async Task A_wait_ends_when_the_transport_is_disposed()
    {
        CancellationToken canceled = TestContext.Current.CancellationToken;
        await using GuestFolder folder = await GuestFolder.CreateAsync();
        LinuxGuestTransport transport = folder.Open();
        await ReadAsync(transport, canceled);
        Task wait = transport.WaitForChangeAsync(canceled).AsTask();

        await transport.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => wait);
    }

    private static async Task WaitForAsync(
        LinuxGuestTransport transport, string key, string value, CancellationToken canceled)
    {
        while ((await ReadAsync(transport, canceled)).GetValueOrDefault(key) != value)
            await transport.WaitForChangeAsync(canceled);
    }

    private static async Task<IReadOnlyDictionary<string, string>> ReadAsync(
        LinuxGuestTransport transport, CancellationToken canceled)
    {
        ItemCollector items = new();
        await transport.ReadPeerTableAsync(items, canceled);
        return items.Items;
    }
}
