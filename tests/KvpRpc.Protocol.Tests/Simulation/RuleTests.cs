using KvpRpc.Protocol.Links;

namespace KvpRpc.Protocol.Tests.Simulation;

/// <summary>Each rule of the protocol closes a hole: with the rule taken out, the hole is found again.</summary>
public sealed class RuleTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("b: new content waits for all earlier writes of its item")]
    [InlineData("d: the own table is audited")]
    [InlineData("g: what stays unreadable ends the link")]
    [InlineData("i: ids and keys are drawn afresh")]
    [InlineData("k: an acknowledgement binds the tag of what it names")]
    [InlineData("l: freshness is proven after a suspicion")]
    [InlineData("n: only the peer's word tells what did not run")]
    public void The_seeds_find_the_hole_that_a_rule_closes(string rule)
    {
        string? found = Swarm.FindFailure(seeds: 1500, Without(rule[0]));

        output.WriteLine($"without {rule}: {found}");
        Assert.NotNull(found);
    }

    [Theory]
    [InlineData(3, 5)]
    [InlineData(32, 4)]
    [InlineData(2, 100)]
    public void A_window_is_each_sides_own_business(int host, int guest)
    {
        using SimulatedWorld world = new(
            seed: 1, configure: options => options with { MaxSlots = options.IsHost ? host : guest });
        world.Start();
        world.Open();

        world.Call(world.Host, 100_000, 100_000);

        Assert.Equal(1, world.Oracle.Succeeded);
    }

    [Fact]
    public void Two_full_windows_do_not_deadlock_because_control_is_outside_them()
    {
        Assert.Null(CrossingTransfers(LinkRules.All));
        Assert.NotNull(CrossingTransfers(LinkRules.All with { ControlIsOutsideWindow = false }));
    }

    [Fact]
    public void One_odd_read_does_not_end_a_link()
    {
        Assert.Equal(LinkState.Open, StateAfterOneOddRead(LinkRules.All));
        Assert.NotEqual(LinkState.Open, StateAfterOneOddRead(LinkRules.All with { IgnoresOneOddRead = false }));
    }

    [Fact]
    public void Two_sides_that_see_each_other_late_do_not_chase_each_other()
    {
        Assert.InRange(HellosUntilOpen(LinkRules.All), 2, 4);
        Assert.InRange(HellosUntilOpen(LinkRules.All with { AnswersHelloOnce = false }), 10, int.MaxValue);
    }

    private static LinkRules Without(char rule) => rule switch
    {
        'b' => LinkRules.All with { WaitsForEarlierWrites = false },
        'd' => LinkRules.All with { AuditsOwnTable = false },
        'g' => LinkRules.All with { EndsBrokenLinks = false },
        'i' => LinkRules.All with { DrawsAfresh = false },
        'k' => LinkRules.All with { BindsAcknowledgedTag = false },
        'l' => LinkRules.All with { ProvesFreshness = false },
        'n' => LinkRules.All with { AsksPeerWhatRan = false },
        _ => throw new ArgumentOutOfRangeException(nameof(rule)),
    };

    private static LinkEnd? CrossingTransfers(LinkRules rules)
    {
        using SimulatedWorld world = new(seed: 1, configure: options => options with { MaxSlots = 2, Rules = rules });
        world.Start();
        world.Open();
        foreach (SimulatedSide side in new[] { world.Host, world.Guest })
        {
            for (int i = 0; i < 100; i++)
                side.Peer.Call(1, 5000, 1, 10);
        }

        world.Host.Pump();
        world.Guest.Pump();
        world.Clock.RunUntil(() => world.Oracle.Succeeded == 200, TimeSpan.FromMinutes(3));
        return world.Host.Peer.Application.LastEnd ?? world.Guest.Peer.Application.LastEnd;
    }

    private static LinkState StateAfterOneOddRead(LinkRules rules)
    {
        using SimulatedWorld world = new(seed: 1, configure: options => options with { Rules = rules });
        world.Start();
        world.RunFor(TimeSpan.FromMilliseconds(500));
        IReadOnlyList<KeyValuePair<string, string>> hello = world.Guest.Own.Own();
        world.Open();
        world.Call(world.Host);
        world.Start(world.Guest);
        world.Open();
        world.Call(world.Host);

        world.Host.Peer.Read(hello, world.Host.Now);
        world.RunFor(TimeSpan.FromMilliseconds(1));
        return world.Host.Peer.Engine.State;
    }

    private static int HellosUntilOpen(LinkRules rules)
    {
        using SimulatedWorld world = new(seed: 3, configure: options => options with { Rules = rules })
        {
            IdlePoll = TimeSpan.FromMilliseconds(50),
        };
        world.Host.Weather = world.Guest.Weather = new() { MaxVisibleAfter = TimeSpan.FromMilliseconds(400) };
        HashSet<string> hellos = [];
        world.Written = (_, text) =>
        {
            if (text.StartsWith('h'))
                hellos.Add(text);
        };
        world.Start();
        world.Clock.RunUntil(() => world.IsOpen, TimeSpan.FromMinutes(2));
        return hellos.Count;
    }
}
