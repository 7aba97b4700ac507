using KvpRpc.Transports;

namespace KvpRpc.Conformance;

/// <summary>Every promise to a caller of a transport that can wait for changes. Derive to hold one to it.</summary>
public abstract class WaitingTransportConformanceTests : TransportConformanceTests
{
    [Fact(Timeout = TestTimeout)]
    public async Task A_transport_that_can_wait_says_so()
    {
        await using TransportPair pair = await OpenPairAsync();
        await using IKvpTransport transport = await pair.OpenTransportAsync();

        Assert.True(transport.CanWaitForChange);
    }

    [Fact(Timeout = TestTimeout)]
    public async Task A_wait_ends_when_the_peer_adds_changes_or_deletes_an_item()
    {
        await using TransportPair pair = await OpenPairAsync();
        await using IKvpTransport transport = await pair.OpenTransportAsync();
        Func<ValueTask>[] changes =
        [
            () => pair.SetPeerItemAsync("a", "1"),
            () => pair.SetPeerItemAsync("a", "2"),
            () => pair.DeletePeerItemAsync("a"),
        ];

        foreach (Func<ValueTask> change in changes)
        {
            await ReadPeerAsync(transport);
            Task wait = transport.WaitForChangeAsync(Canceled).AsTask();
            await change();
            await wait;
        }
    }

    [Fact(Timeout = TestTimeout)]
    public async Task A_change_before_the_wait_but_after_the_read_ends_the_wait()
    {
        await using TransportPair pair = await OpenPairAsync();
        await using IKvpTransport transport = await pair.OpenTransportAsync();

        await ReadPeerAsync(transport);
        await pair.SetPeerItemAsync("a", "1");

        await transport.WaitForChangeAsync(Canceled);
    }

    [Fact(Timeout = TestTimeout)]
    public async Task No_change_beside_a_read_is_missed()
    {
        const int Changes = 200;
        await using TransportPair pair = await OpenPairAsync();
        await using IKvpTransport transport = await pair.OpenTransportAsync();
        Task peer = Task.Run(
            async () =>
            {
                for (int n = 1; n <= Changes; n++) await pair.SetPeerItemAsync("counter", Whole(n));
            },
            Canceled);

        // A wake-up that is missed for the last value leaves the wait hanging until the test's timeout.
        while ((await ReadPeerAsync(transport)).GetValueOrDefault("counter") != Whole(Changes))
            await transport.WaitForChangeAsync(Canceled);

        await peer;
    }

    [Fact(Timeout = TestTimeout)]
    public async Task A_wait_that_is_given_up_leaves_a_transport_that_can_wait()
    {
        await using TransportPair pair = await OpenPairAsync();
        await using IKvpTransport transport = await pair.OpenTransportAsync();
        await SettleAsync(transport);

        using (CancellationTokenSource source = new())
        {
            Task wait = transport.WaitForChangeAsync(source.Token).AsTask();
            await source.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
        }

        await ReadPeerAsync(transport);
        Task next = transport.WaitForChangeAsync(Canceled).AsTask();
        await pair.SetPeerItemAsync("a", "1");
        await next;
    }

    [Fact(Timeout = TestTimeout)]
    public async Task A_wait_runs_beside_reads_and_writes()
    {
        await using TransportPair pair = await OpenPairAsync();
        await using IKvpTransport transport = await pair.OpenTransportAsync();
        await ReadPeerAsync(transport);

        Task wait = transport.WaitForChangeAsync(Canceled).AsTask();
        await LandAsync(transport, Key(1), "written beside the wait");
        await ReadOwnAsync(transport);
        await pair.SetPeerItemAsync("a", "1");

        await wait;
        await InPeerTableAsync(transport, items => items.GetValueOrDefault("a") == "1");
    }

    /// <summary>Reads until a wait does not end at once: a wait may end without a change, but not for ever.</summary>
    private static async Task SettleAsync(IKvpTransport transport)
    {
        for (int round = 0; round < 100; round++)
        {
            await ReadPeerAsync(transport);
            using CancellationTokenSource source = new();
            Task wait = transport.WaitForChangeAsync(source.Token).AsTask();
            bool quiet = !wait.IsCompleted;
            await source.CancelAsync();
            await IgnoreCancellationAsync(new ValueTask(wait));
            if (quiet) return;
        }

        Assert.Fail("A wait kept ending although nothing changed.");
    }
}
