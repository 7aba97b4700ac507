using KvpRpc.Protocol.Links;
using KvpRpc.Protocol.Tests.Simulation;

namespace KvpRpc.Protocol.Tests.Links;

/// <summary>A link at rest has few items (rule 1), and coming to rest costs a bounded number of writes.</summary>
public sealed class RestTests
{
    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(false, true)]
    public void A_burst_is_cleared_away_on_both_sides_and_then_nothing_is_written(bool fromHost, bool isLinux)
    {
        using SimulatedWorld world = Opened(isLinux);
        world.Call(fromHost ? world.Host : world.Guest, 200_000, 10);
        world.Call(fromHost ? world.Host : world.Guest, 10, 200_000);
        (int host, int guest) = (world.Host.Writes, world.Guest.Writes);

        world.RunFor(TimeSpan.FromMinutes(1));
        Assert.InRange(world.Host.Own.Count, 1, 2);
        Assert.InRange(world.Guest.Own.Count, 1, 2);
        Assert.InRange(world.Host.Writes - host, 1, 2);
        Assert.InRange(world.Guest.Writes - guest, 1, 2);

        (host, guest) = (world.Host.Writes, world.Guest.Writes);
        world.RunFor(TimeSpan.FromHours(1));
        Assert.Equal((host, guest), (world.Host.Writes, world.Guest.Writes));
        world.Call(world.Host);
        world.Call(world.Guest);
    }

    [Fact]
    public void Calls_of_both_sides_in_turn_cost_one_write_each_way_however_far_apart()
    {
        using SimulatedWorld world = Opened(isLinux: false);
        world.Call(world.Host);
        world.Call(world.Guest);
        world.RunFor(TimeSpan.FromMinutes(1));
        (int host, int guest) = (world.Host.Writes, world.Guest.Writes);
        for (int i = 0; i < 20; i++)
        {
            world.Call(i % 2 == 0 ? world.Host : world.Guest);
            world.RunFor(TimeSpan.FromMinutes(7));
        }

        Assert.Equal((20, 20), (world.Host.Writes - host, world.Guest.Writes - guest));
        Assert.InRange(world.Host.Own.Count, 1, 2);
        Assert.InRange(world.Guest.Own.Count, 1, 2);
    }

    [Fact]
    public void What_an_earlier_life_has_left_is_cleared_away_at_the_first_rest()
    {
        using SimulatedWorld world = Opened(isLinux: false);
        world.Call(world.Host, 200_000, 200_000);
        world.Start(world.Host);
        world.Start(world.Guest);
        world.RunFor(TimeSpan.FromSeconds(1));
        world.Open();
        world.Call(world.Host);

        world.RunFor(TimeSpan.FromMinutes(1));

        Assert.InRange(world.Host.Own.Count, 1, 2);
        Assert.InRange(world.Guest.Own.Count, 1, 2);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_table_that_refuses_deletions_is_not_asked_for_ever(bool ofHost)
    {
        using SimulatedWorld world = Opened(isLinux: false);
        world.Call(world.Host, 200_000, 200_000);
        (ofHost ? world.Host : world.Guest).Weather = new() { RefusesDeletions = true };
        (int host, int guest) = (world.Host.Writes, world.Guest.Writes);

        world.RunFor(TimeSpan.FromMinutes(10));
        Assert.InRange(ofHost ? world.Host.Writes - host : world.Guest.Writes - guest, 1, 6);
        (host, guest) = (world.Host.Writes, world.Guest.Writes);
        world.RunFor(TimeSpan.FromHours(1));
        Assert.Equal((host, guest), (world.Host.Writes, world.Guest.Writes));
        world.Call(ofHost ? world.Host : world.Guest);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_a_table_has_refused_to_delete_is_tried_once_more_where_a_later_link_finds_it(bool ofHost)
    {
        using SimulatedWorld world = Opened(isLinux: false);
        SimulatedSide side = ofHost ? world.Host : world.Guest;
        world.Call(world.Host, 200_000, 200_000);
        side.Weather = new() { RefusesDeletions = true };
        world.RunFor(TimeSpan.FromMinutes(10));
        Assert.InRange(side.Own.Count, 3, int.MaxValue);

        side.Weather = new();
        world.Start(side.Other);
        world.RunFor(TimeSpan.FromSeconds(1));
        world.Open();
        world.Call(side);
        world.RunFor(TimeSpan.FromMinutes(3));

        Assert.InRange(side.Own.Count, 1, 2);
    }

    [Fact]
    public void A_question_asked_at_rest_and_not_answered_does_not_end_the_link_at_the_next_call()
    {
        using SimulatedWorld world = Opened(isLinux: false);
        world.Call(world.Guest, 10, 200_000);
        world.Guest.PausedUntil = world.Clock.Now + TimeSpan.FromMinutes(5);
        world.RunFor(TimeSpan.FromMinutes(5) - TimeSpan.FromSeconds(10));

        world.Call(world.Host, seconds: 15);

        Assert.Null(world.Host.Peer.Application.LastEnd);
    }

    [Fact]
    public void Nothing_new_goes_into_an_item_whose_deletion_is_in_doubt()
    {
        OwnItems items = new(new() { Role = Hellos.PeerRole.Host, MaxSlots = 2 });
        Instant now = default;
        OwnItem item = items.LowestFree(reserve: 0, now, first: 1)!;
        items.Hold(item, 1);
        item.Buffer[0] = 'b';
        item.SetLength(1);
        item.IsDirty = false;
        items.HandleWritten(item, WriteResult.Landed, now);
        items.Free(1, now);
        List<OwnItem> batch = [];
        items.CollectIdle(batch, 8, idleAfter: default, now);
        Assert.Same(item, Assert.Single(batch));
        Assert.True(item.IsDelete);

        items.HandleWritten(item, WriteResult.InDoubt, now);

        Assert.Null(items.LowestFree(reserve: 0, now + TimeSpan.FromSeconds(59), first: 1));
        Assert.Same(item, items.LowestFree(reserve: 0, now + TimeSpan.FromSeconds(60), first: 1));
    }

    private static SimulatedWorld Opened(bool isLinux)
    {
        SimulatedWorld world = (isLinux ? SimulatedMedium.Linux : SimulatedMedium.Windows).NewWorld();
        world.Start();
        world.Open();
        return world;
    }
}
