namespace KvpRpc.Protocol.Tests.Simulation;

/// <summary>The protocol's figures on virtual time: they depend on no machine.</summary>
public sealed class FigureTests(ITestOutputHelper output)
{
    [Fact]
    public void Sixteen_calls_in_one_flush_share_their_writes()
    {
        using SimulatedWorld world = Opened();
        foreach (SimulatedSide caller in new[] { world.Host, world.Guest })
        {
            (int host, int guest) = (world.Host.Writes, world.Guest.Writes);
            for (int round = 0; round < 20; round++)
            {
                int before = world.Oracle.Succeeded;
                for (int i = 0; i < 16; i++)
                    caller.Peer.Call(1, 60, 1, 60);
                caller.Pump();
                Assert.True(world.Clock.RunUntil(() => world.Oracle.Succeeded == before + 16, TimeSpan.FromSeconds(30)));
            }

            double perCallHost = (world.Host.Writes - host) / 320.0;
            double perCallGuest = (world.Guest.Writes - guest) / 320.0;
            output.WriteLine($"writes per call, 16 at once: host {perCallHost:F3}, guest {perCallGuest:F3}");
            Assert.InRange(perCallHost, 0, 0.25);
            Assert.InRange(perCallGuest, 0, 0.25);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Beside_a_transfer_a_small_call_waits_for_at_most_two_batches(bool fromHost)
    {
        using SimulatedWorld world = Opened();
        SimulatedSide sender = fromHost ? world.Host : world.Guest;
        sender.Peer.Call(1, 4 << 20, 1, 10, priority: 1);
        sender.Pump();
        world.RunFor(TimeSpan.FromMilliseconds(300));
        for (int i = 0; i < 10; i++)
        {
            CallRecord call = sender.Peer.Call(1, 100, 1, 100)!;
            int before = sender.Writes;
            sender.Pump();
            world.Clock.RunUntil(() => call.Stream.Id is not null, TimeSpan.FromSeconds(10));
            Assert.InRange(sender.Writes - before, 0, 2);
            Assert.True(world.Clock.RunUntil(() => call.Received == 1, TimeSpan.FromSeconds(10)));
            world.RunFor(TimeSpan.FromMilliseconds(37));
        }

        Assert.Equal(10, world.Oracle.Succeeded);
    }

    [Fact]
    public void A_transfer_fills_its_batches()
    {
        using SimulatedWorld world = Opened();
        (int host, int items, int guest) = (world.Host.Writes, world.Host.ItemsWritten, world.Guest.Writes);

        world.Call(world.Host, 4 << 20, 10);

        double writes = (world.Host.Writes - host) / 4.0;
        double packets = (world.Host.ItemsWritten - items) / 4.0;
        double acks = (world.Guest.Writes - guest) / 4.0;
        output.WriteLine($"per MiB: {writes} writes, {packets} items, {acks} writes of the receiver");
        Assert.InRange(packets, 0, (1 << 20) / 690.0);
        Assert.InRange(writes, 0, 110);
        Assert.InRange(acks, 0, 110);
    }

    [Fact]
    public void A_handshake_takes_one_write_of_the_host_more_than_the_first_exchange()
    {
        using SimulatedWorld world = new(seed: 1);
        world.StartGuest();
        world.RunFor(TimeSpan.FromSeconds(1));
        int guest = world.Guest.Writes;
        world.StartHost();
        world.Open();

        // The hello and the first packet; the guest's answer and its first packet.
        Assert.Equal(2, world.Host.Writes);
        Assert.Equal(2, world.Guest.Writes - guest);
    }

    private static SimulatedWorld Opened()
    {
        SimulatedWorld world = new(seed: 1);
        world.Start();
        world.Open();
        return world;
    }
}
