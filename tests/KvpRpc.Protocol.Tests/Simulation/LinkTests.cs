using KvpRpc.Protocol.Links;
using KvpRpc.Protocol.Streams;

namespace KvpRpc.Protocol.Tests.Simulation;

/// <summary>Two engines on a perfect medium.</summary>
public sealed class LinkTests
{
    [Fact]
    public void A_link_opens_on_both_sides()
    {
        using SimulatedWorld world = Opened();

        Assert.Equal(LinkState.Open, world.Host.Peer.Engine.State);
        Assert.Equal(LinkState.Open, world.Guest.Peer.Engine.State);
        Assert.Equal(1, world.Host.Peer.Application.Opened);
        Assert.Equal(1, world.Guest.Peer.Application.Opened);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(5_000)]
    [InlineData(64 << 10)]
    [InlineData(1 << 20)]
    [InlineData(4 << 20)]
    public void A_call_carries_any_size_each_way(int bytes)
    {
        using SimulatedWorld world = Opened();

        world.Call(world.Host, bytes, 10);
        world.Call(world.Host, 10, bytes);
        world.Call(world.Guest, bytes, bytes);

        Assert.Equal(3, world.Oracle.Succeeded);
    }

    [Fact]
    public void Many_calls_of_both_sides_at_once_all_succeed()
    {
        using SimulatedWorld world = Opened();

        for (int i = 0; i < 500; i++)
        {
            world.Host.Peer.Call(1 + (i % 3), i * 20, 1 + (i % 4), i * 7, (byte)(i % 3));
            world.Guest.Peer.Call(1 + (i % 4), i * 9, 1 + (i % 2), i * 30, (byte)(i % 3));
        }

        world.Host.Pump();
        world.Guest.Pump();

        Assert.True(world.Clock.RunUntil(() => world.Oracle.Succeeded == 1000, TimeSpan.FromMinutes(10)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_link_opens_again_when_a_side_restarts(bool host)
    {
        using SimulatedWorld world = Opened();
        world.Call(world.Host);

        world.Start(host ? world.Host : world.Guest);
        Assert.True(world.Clock.RunUntil(
            () => world.Host.Peer.Application.Opened + world.Guest.Peer.Application.Opened == 3 && world.IsOpen,
            TimeSpan.FromSeconds(30)));
        world.Call(world.Host);
        world.Call(world.Guest);

        Assert.Equal(3, world.Oracle.Succeeded);
    }

    [Fact]
    public void A_call_costs_one_write_each_way_back_to_back_and_far_apart()
    {
        using SimulatedWorld world = Opened();
        world.Call(world.Host);
        world.Call(world.Guest);
        world.RunFor(TimeSpan.FromSeconds(5));
        foreach (SimulatedSide caller in new[] { world.Host, world.Guest })
        {
            foreach (TimeSpan gap in new[] { TimeSpan.Zero, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(7) })
            {
                (int host, int guest) = (world.Host.Writes, world.Guest.Writes);
                for (int i = 0; i < 50; i++)
                {
                    world.Call(caller);
                    world.RunFor(gap);
                }

                world.RunFor(TimeSpan.FromMinutes(1));
                Assert.Equal((50, 50), (world.Host.Writes - host, world.Guest.Writes - guest));
            }
        }
    }

    [Fact]
    public void An_idle_link_writes_nothing_for_an_hour()
    {
        using SimulatedWorld world = Opened();
        world.Call(world.Host);
        world.RunFor(TimeSpan.FromMinutes(1));
        (int host, int guest) = (world.Host.Writes, world.Guest.Writes);

        world.RunFor(TimeSpan.FromHours(1));

        Assert.Equal((host, guest), (world.Host.Writes, world.Guest.Writes));
    }

    [Fact]
    public void A_quiet_call_keeps_its_link_and_a_dead_peer_is_found()
    {
        using SimulatedWorld world = Opened();
        EngineStream stream = world.Host.Peer.Engine.OpenStream("quiet", 0, null)!;
        byte[] message = new EchoMessage(1, 0, 0, 0, RepliesWanted: 1, ReplyBytes: 50).Write(100);
        world.Host.Peer.Engine.Send(stream, message, endOfStream: false);
        world.Host.Pump();

        world.RunFor(TimeSpan.FromMinutes(30));
        Assert.Null(world.Host.Peer.Application.LastEnd);
        Assert.InRange(world.Host.Writes, 2, 190);
        Assert.InRange(world.Guest.Writes, 2, 190);

        world.Guest.PausedUntil = Instant.Never;
        world.RunFor(TimeSpan.FromSeconds(31));
        Assert.Equal(LinkEndReason.PeerSilent, world.Host.Peer.Application.LastEnd?.Reason);
    }

    [Fact]
    public void Streams_that_a_lost_link_never_carried_are_settled_by_the_next_hello()
    {
        using SimulatedWorld world = Opened();
        world.Guest.BlindUntil = world.Clock.Now + TimeSpan.FromSeconds(50);
        world.Host.Peer.Call(1, 100, 1, 100);
        world.Host.Pump();

        Assert.True(world.Clock.RunUntil(() => world.Oracle.NotRun == 1, TimeSpan.FromMinutes(3)));
        Assert.True(world.Clock.RunUntil(() => world.IsOpen, TimeSpan.FromMinutes(3)));
        world.Call(world.Host);
        Assert.Equal(0, world.Oracle.Unknown);
    }

    private static SimulatedWorld Opened()
    {
        SimulatedWorld world = new(seed: 1);
        world.Start();
        world.Open();
        return world;
    }
}
