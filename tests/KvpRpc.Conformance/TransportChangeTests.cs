using KvpRpc.Transports;

namespace KvpRpc.Conformance;

/// <summary>The promises about what happens at the same time: changes beside reads, waits for change, giving
/// up.</summary>
public abstract class TransportChangeTests : TransportTestHands
{
    [Fact(Timeout = TestTimeout)]
    public async Task A_write_that_is_given_up_leaves_a_transport_that_works()
    {
        await using TransportPair pair = await OpenPairAsync();
        await using IKvpTransport transport = await pair.OpenTransportAsync();
        KvpItemWrite[] batch = [Write(Key(1), "given up"), Write(Key(2), "given up")];

        using (CancellationTokenSource source = new())
        {
            await source.CancelAsync();
            await IgnoreCancellationAsync(transport.WriteAsync(batch, source.Token));
        }

        await LandAsync(transport, (Key(1), "later"), (Key(2), "later"));
        await AtPeerAsync(pair, view => view.GetValueOrDefault(Key(1)) == "later");
    }

    [Fact(Timeout = TestTimeout)]
    public async Task A_read_that_is_given_up_leaves_a_transport_that_works()
    {
        await using TransportPair pair = await OpenPairAsync();
        await using IKvpTransport transport = await pair.OpenTransportAsync();
        await pair.SetPeerItemAsync("a", "1");
        await LandAsync(transport, Key(1), "one");

        using (CancellationTokenSource source = new())
        {
            await source.CancelAsync();
            await IgnoreCancellationAsync(transport.ReadPeerTableAsync(new ItemCollector(), source.Token));
            await IgnoreCancellationAsync(transport.ReadOwnTableAsync(new ItemCollector(), source.Token));
        }

        Assert.Equal("one", (await ReadOwnAsync(transport))[Key(1)]);
        await InPeerTableAsync(transport, items => items.GetValueOrDefault("a") == "1");
    }

    [Fact(Timeout = TestTimeout)]
    public async Task A_read_beside_changes_shows_only_values_that_were_written_whole()
    {
        const int Changes = 150;
        await using TransportPair pair = await OpenPairAsync();
        await using IKvpTransport transport = await pair.OpenTransportAsync();
        Task peer = Task.Run(
            async () =>
            {
                for (int n = 1; n <= Changes; n++) await pair.SetPeerItemAsync($"item {n % 3}", Whole(n));
            },
            Canceled);
        Task own = Task.Run(
            async () =>
            {
                for (int n = 1; n <= Changes; n++) await LandAsync(transport, Key(n % 3), Whole(n));
            },
            Canceled);

        bool isLastRound;
        do
        {
            isLastRound = peer.IsCompleted && own.IsCompleted;
            AssertAllWhole(await ReadPeerAsync(transport), "item ");
            AssertAllWhole(await ReadOwnAsync(transport), TransportPair.Prefix);
            AssertAllWhole(await pair.ViewOwnTableAsync(), TransportPair.Prefix);
        }
        while (!isLastRound);

        await Task.WhenAll(peer, own);
        await InPeerTableAsync(transport, items => items.GetValueOrDefault($"item {Changes % 3}") == Whole(Changes));
        await AtPeerAsync(pair, view => view.GetValueOrDefault(Key(Changes % 3)) == Whole(Changes));

        static void AssertAllWhole(IReadOnlyDictionary<string, string> items, string prefix) => Assert.All(
            items.Where(item => item.Key.StartsWith(prefix, StringComparison.Ordinal)),
            item => AssertWhole(item.Value));
    }

    [Fact(Timeout = TestTimeout)]
    public async Task A_transport_that_cannot_wait_says_so()
    {
        await using TransportPair pair = await OpenPairAsync();
        await using IKvpTransport transport = await pair.OpenTransportAsync();
        Assert.SkipWhen(transport.CanWaitForChange, "This transport can wait.");

        await Assert.ThrowsAsync<NotSupportedException>(() => transport.WaitForChangeAsync(Canceled).AsTask());
    }

    [Fact(Timeout = TestTimeout)]
    public async Task A_wait_ends_when_the_peer_adds_changes_or_deletes_an_item()
    {
        await using TransportPair pair = await OpenPairAsync();
        await using IKvpTransport transport = await OpenWaitingTransportAsync(pair);
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
        await using IKvpTransport transport = await OpenWaitingTransportAsync(pair);

        await ReadPeerAsync(transport);
        await pair.SetPeerItemAsync("a", "1");

        await transport.WaitForChangeAsync(Canceled);
    }

    [Fact(Timeout = TestTimeout)]
    public async Task No_change_beside_a_read_is_missed()
    {
        const int Changes = 200;
        await using TransportPair pair = await OpenPairAsync();
        await using IKvpTransport transport = await OpenWaitingTransportAsync(pair);
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
        await using IKvpTransport transport = await OpenWaitingTransportAsync(pair);
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
        await using IKvpTransport transport = await OpenWaitingTransportAsync(pair);
        await ReadPeerAsync(transport);

        Task wait = transport.WaitForChangeAsync(Canceled).AsTask();
        await LandAsync(transport, Key(1), "written beside the wait");
        await ReadOwnAsync(transport);
        await pair.SetPeerItemAsync("a", "1");

        await wait;
        await InPeerTableAsync(transport, items => items.GetValueOrDefault("a") == "1");
    }

    private static async ValueTask<IKvpTransport> OpenWaitingTransportAsync(TransportPair pair)
    {
        IKvpTransport transport = await pair.OpenTransportAsync();
        if (transport.CanWaitForChange) return transport;
        await transport.DisposeAsync();
        Assert.Skip("This transport cannot wait: nothing wakes a Hyper-V host.");
        return transport;
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
