using KvpRpc.Transports;

namespace KvpRpc.Conformance;

/// <summary>The promises about what happens at the same time: changes beside reads, giving up.</summary>
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
}
