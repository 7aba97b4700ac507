using KvpRpc.Emulator;
using KvpRpc.Links;
using KvpRpc.Tests.Calls;
using KvpRpc.Tests.EndToEnd;
using KvpRpc.Transports;

namespace KvpRpc.Tests.Telemetry;

/// <summary>What links cost is counted as the emulator counts it, under the names of <see
/// cref="KvpTelemetry"/>.</summary>
[Collection(TelemetryGroup.Name)]
public sealed class LinkMetricTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Writes_items_and_reads_are_those_of_the_medium()
    {
        using MetricList metrics = new();
        await using EmulatedPair pair = await EmulatedPair.StartAsync();
        for (int i = 0; i < 5; i++)
            await Wait.For(pair.Machine.CreateClient<IEcho>().EchoAsync("x", Token));
        await pair.Guest.DisposeAsync();
        await pair.Host.DisposeAsync();
        EmulatedMediumCounters medium = pair.Emulated.Counters;

        Assert.Equal(medium.HostWrites, Sum(metrics, KvpTelemetry.LinkWrites, "host"));
        Assert.Equal(medium.GuestWrites, Sum(metrics, KvpTelemetry.LinkWrites, "guest"));
        Assert.True(Sum(metrics, KvpTelemetry.LinkItems, "host") >= medium.HostWrites);
        Assert.Contains(metrics.Of(KvpTelemetry.LinkReads), one => (bool)one.Tags[KvpTelemetry.ReadFoundNews]!);
        Assert.Equal(0, Sum(metrics, KvpTelemetry.LinkRewrites, "host"));
    }

    [Fact]
    public async Task The_tags_say_which_link_it_is()
    {
        using MetricList metrics = new();
        await using EmulatedPair pair = await EmulatedPair.StartAsync();
        await Wait.For(pair.Machine.CreateClient<IEcho>().EchoAsync("x", Token));
        MetricList.Taken write = metrics.Of(KvpTelemetry.LinkWrites).First(
            one => (string)one.Tags[KvpTelemetry.Side]! == "host");
        Assert.Equal(
            new Dictionary<string, object?>
            {
                ["kvprpc.channel"] = "default",
                ["kvprpc.side"] = "host",
                ["kvprpc.vm.id"] = pair.Emulated.Id.ToString(),
                ["kvprpc.vm.name"] = "web-01",
            },
            write.Tags);
    }

    [Fact]
    public async Task Open_links_are_counted_when_somebody_asks_and_lost_ones_when_they_are_lost()
    {
        await using EmulatedPair pair = await EmulatedPair.StartAsync();
        IEcho echo = pair.Machine.CreateClient<IEcho>();
        await Wait.For(echo.EchoAsync("x", Token));
        using MetricList metrics = new();
        Assert.Equal(["guest", "host"], metrics.Observe(KvpTelemetry.LinksOpen)
            .Select(one => (string)one.Tags[KvpTelemetry.Side]!).Order());

        KvpLink link = pair.Machine.Links.CurrentLink!;
        await pair.RestartGuestAsync();
        await Wait.ForCancellation(link.Ended);
        await Wait.For(echo.EchoAsync("x", Token));
        Assert.Empty(metrics.Of(KvpTelemetry.LinkResets));

        link = pair.Machine.Links.CurrentLink!;
        // A guest that ends without a word.
        _ = pair.GuestTransport.SwallowNextWrite();
        await pair.RestartGuestAsync();
        await Wait.ForCancellation(link.Ended);
        MetricList.Taken lost = Assert.Single(
            metrics.Of(KvpTelemetry.LinkResets), one => (string)one.Tags[KvpTelemetry.Side]! == "host");
        Assert.Equal("peer_restarted", lost.Tags[KvpTelemetry.ErrorType]);
    }

    [Fact]
    public async Task Items_that_were_refused_show_as_rewrites()
    {
        using MetricList metrics = new(KvpTelemetry.LinkRewrites);
        await using EmulatedPair pair = await EmulatedPair.StartAsync();
        IEcho echo = pair.Machine.CreateClient<IEcho>();
        await Wait.For(echo.EchoAsync("x", Token));
        Assert.Empty(metrics.Of(KvpTelemetry.LinkRewrites));
        int refused = 0;
        pair.GuestTransport.BeforeWrite = batch =>
        {
            if (batch.Count < 3 || Interlocked.CompareExchange(ref refused, batch.Count, 0) != 0)
                return;
            throw new KvpTransportException(KvpTransportError.Unavailable, "not now");
        };
        await Wait.For(echo.EchoBytesAsync(new byte[16 << 10], Token));
        Assert.InRange(refused, 3, 64);
        Assert.InRange(Sum(metrics, KvpTelemetry.LinkRewrites, "guest"), 1, refused);
    }

    [Fact]
    public async Task Full_packets_show_as_full()
    {
        using MetricList metrics = new(KvpTelemetry.PacketFill);
        await using EmulatedPair pair = await EmulatedPair.StartAsync();
        await Wait.For(pair.Machine.CreateClient<IEcho>().EchoBytesAsync(new byte[64 << 10], Token));
        double[] fills = [.. metrics.Of(KvpTelemetry.PacketFill).Select(one => one.Value)];
        Assert.All(fills, fill => Assert.InRange(fill, 0, 1));
        Assert.True(fills.Count(fill => fill > 0.95) > 40);
    }

    [Fact]
    public async Task Acknowledgements_of_calls_in_a_row_are_measured_and_those_of_a_rest_are_not()
    {
        using MetricList metrics = new(KvpTelemetry.AckDelay);
        await using EmulatedPair pair = await EmulatedPair.StartAsync();
        IEcho echo = pair.Machine.CreateClient<IEcho>();
        await Wait.For(echo.EchoAsync("x", Token));
        await Wait.For(echo.EchoAsync("x", Token));
        await Wait.Until(() => metrics.Of(KvpTelemetry.AckDelay).Any());
        Assert.All(
            metrics.Of(KvpTelemetry.AckDelay),
            one => Assert.Equal("host", one.Tags[KvpTelemetry.Side]));
    }

    private static double Sum(MetricList metrics, string name, string side) =>
        metrics.Of(name).Where(one => (string)one.Tags[KvpTelemetry.Side]! == side).Sum(one => one.Value);
}
