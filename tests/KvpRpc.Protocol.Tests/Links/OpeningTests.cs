using KvpRpc.Protocol.Links;
using KvpRpc.Protocol.Tests.Simulation;

namespace KvpRpc.Protocol.Tests.Links;

/// <summary>Whatever lies in the tables and whoever starts when: an open link, or a sentence that says what is in its
/// way (see <see cref="ObstacleTests"/> for peers with which there can be none).</summary>
public sealed class OpeningTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 400)]
    [InlineData(30, 0)]
    [InlineData(200, 400)]
    public void Two_restarts_at_once_end_in_one_link(int apart, int visibleAfter)
    {
        for (ulong seed = 1; seed <= 20; seed++)
        {
            using SimulatedWorld world = new(seed);
            world.Host.Weather = world.Guest.Weather =
                new() { MaxVisibleAfter = TimeSpan.FromMilliseconds(visibleAfter) };
            world.Start();
            world.Open();
            world.Call(world.Host);
            HashSet<string> hellos = [];
            world.Written = (_, text) =>
            {
                if (text.StartsWith('h'))
                    hellos.Add(text);
            };

            world.Start(seed % 2 == 0 ? world.Host : world.Guest);
            world.RunFor(TimeSpan.FromMilliseconds(apart));
            world.Start(seed % 2 == 0 ? world.Guest : world.Host);
            world.Open(seconds: 30);
            world.Call(world.Host);
            world.Call(world.Guest);

            Assert.InRange(hellos.Count, 2, 6);
        }
    }

    [Fact]
    public void A_host_that_has_nothing_to_say_lets_its_guest_know_at_once_that_the_link_is_open()
    {
        for (ulong seed = 1; seed <= 20; seed++)
        {
            using SimulatedWorld world = new(seed);
            world.Start();
            // Some idle polls; a nudge would come after ten seconds.
            world.Open(seconds: 5);
        }
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void Hellos_of_any_age_in_the_tables_do_not_keep_a_link_from_opening(bool ofHost, bool ofGuest)
    {
        List<string> hostHellos = [];
        List<string> guestHellos = [];
        using SimulatedWorld world = new(seed: 5);
        world.Written = (side, text) =>
        {
            if (text.StartsWith('h'))
                (side == world.Host ? hostHellos : guestHellos).Add(text);
        };
        world.Start();
        for (int life = 0; life < 6; life++)
        {
            world.Open();
            world.Call(world.Host);
            world.Start(life % 2 == 0 ? world.Host : world.Guest);
            world.RunFor(TimeSpan.FromSeconds(1));
        }

        int count = Math.Min(hostHellos.Count, guestHellos.Count);
        Assert.InRange(count, 4, 20);
        for (int age = 0; age < count; age++)
        {
            if (ofHost)
                Lay(world.Host, hostHellos[age]);
            if (ofGuest)
                Lay(world.Guest, guestHellos[age]);
            world.Start();
            // And once more while the handshake is under way: what the process has written is covered.
            world.RunFor(TimeSpan.FromMilliseconds(3));
            if (ofHost)
                Lay(world.Host, hostHellos[age]);
            if (ofGuest)
                Lay(world.Guest, guestHellos[age]);
            world.Open(seconds: 120);
            world.Call(world.Host);
            world.Call(world.Guest);
        }

        void Lay(SimulatedSide side, string hello)
        {
            side.Own.Set("kvprpc.default.0", hello, world.Clock.Now);
            side.Other.NoteChange();
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_table_that_takes_nothing_is_named_and_one_that_takes_a_single_item_carries_calls(bool ofHost)
    {
        using SimulatedWorld world = new(seed: 1);
        SimulatedSide side = ofHost ? world.Host : world.Guest;
        for (int i = 0; i < 500; i++)
            side.Own.Set($"others.{i}", "theirs", default);
        side.Own.MaxItems = 500;
        world.Start();
        world.RunFor(TimeSpan.FromMinutes(1));
        Assert.Contains("does not take", side.Peer.Engine.Obstacle, StringComparison.Ordinal);

        // The first link that needs more ends; those after it do with what there is.
        side.Own.MaxItems = 501;
        world.Open();
        world.Host.Peer.Call(1, 5000, 1, 5000);
        world.Host.Pump();
        Assert.True(world.Clock.RunUntil(
            () => side.Peer.Application.LastEnd is not null || side.Other.Peer.Application.LastEnd is not null,
            TimeSpan.FromSeconds(20)));
        Assert.Equal(LinkEndReason.TableFull, side.Peer.Application.LastEnd?.Reason);
        world.Open();
        world.Call(world.Host, 5000, 5000, seconds: 10);
        world.Call(world.Guest, 5000, 5000, seconds: 10);
        Assert.Null(side.Peer.Engine.Obstacle);

        // When there is room again, it is used in time.
        side.Own.MaxItems = int.MaxValue;
        world.RunFor(TimeSpan.FromMinutes(2));
        world.Call(side, 100_000, 10);
        Assert.True(side.Own.Count > 510, $"{side.Own.Count} items after a transfer");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_second_owner_of_the_channel_is_named(bool ofHost)
    {
        using SimulatedWorld world = new(seed: 1);
        using SimulatedWorld other = new(seed: 2);
        world.Start();
        world.Open();
        world.Call(world.Host);
        SimulatedSide side = ofHost ? world.Host : world.Guest;
        SimulatedSide second = ofHost ? other.Host : other.Guest;
        string hello = "";
        other.Written = (_, text) => hello = text.StartsWith('h') ? text : hello;
        other.Start(second);
        other.Clock.RunUntil(() => hello.Length > 0, TimeSpan.FromMinutes(1));
        HashSet<string?> named = [];

        // The other process writes its hello over whatever it finds there.
        world.Written = (writer, _) =>
        {
            if (writer == side)
                world.Clock.After(TimeSpan.FromMilliseconds(5), WriteOver);
        };
        WriteOver();
        for (int i = 0; i < 300; i++)
        {
            if (world.Host.Peer.Application.OwnCalls == 0)
                world.Host.Peer.Call(1, 10, 1, 10);
            world.Host.Pump();
            world.RunFor(TimeSpan.FromSeconds(1));
            named.Add(side.Peer.Engine.Obstacle);
        }

        void WriteOver()
        {
            side.Own.Set("kvprpc.default.0", hello, world.Clock.Now);
            side.Other.NoteChange();
        }

        Assert.Contains(named, obstacle => obstacle?.Contains("Another process", StringComparison.Ordinal) == true);
    }
}
