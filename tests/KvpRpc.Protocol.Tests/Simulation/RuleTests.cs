using KvpRpc.Protocol.Links;

namespace KvpRpc.Protocol.Tests.Simulation;

/// <summary>Each of the fourteen rules closes a hole: with the rule taken out, the simulation finds the hole again;
/// with it, the same world is sound.</summary>
/// <remarks>A rule whose hole is a matter of chance is taken out of many seeds, which all hold with it (see
/// <see cref="SwarmTests"/> and <see cref="LinkAlphabetSwarmTests"/>); one whose hole needs a certain history has a
/// scenario in <see cref="RuleScenarios"/>.</remarks>
public sealed class RuleTests(ITestOutputHelper output)
{
    private const int Seeds = 1500;

    [Theory]
    [InlineData("a: a packet may stand in any item, and the window is its writer's own")]
    [InlineData("b: new content waits for all earlier writes of its item")]
    [InlineData("c: a batch is parted by what exists, read back after a failure")]
    [InlineData("d: the own table is audited")]
    [InlineData("e: the control item is outside the window")]
    [InlineData("f: one odd read says nothing")]
    [InlineData("g: what stays unreadable ends the link")]
    [InlineData("h: an alphabet that fails is banned by a new handshake")]
    [InlineData("i: ids and keys are drawn afresh")]
    [InlineData("j: a side draws anew only for a hello that is new to it")]
    [InlineData("k: an acknowledgement binds the tag of what it names")]
    [InlineData("l: freshness is proven after a suspicion")]
    [InlineData("m: a seal survives the repetition of its nonce")]
    [InlineData("n: only the peer's word tells what did not run")]
    public void The_hole_that_a_rule_closes_is_found_without_it(string rule)
    {
        string? hole = HoleWith(rule[0], Without(rule[0]));

        output.WriteLine($"without {rule}: {hole}");
        Assert.NotNull(hole);
    }

    [Theory]
    [InlineData('a')]
    [InlineData('e')]
    [InlineData('f')]
    [InlineData('g')]
    [InlineData('j')]
    public void The_scenario_of_a_rule_has_no_hole_with_it(char rule) =>
        Assert.Null(HoleWith(rule, SimulatedRules.All));

    private static string? HoleWith(char rule, SimulatedRules rules) => rule switch
    {
        'a' => RuleScenarios.WindowsThatDiffer(rules),
        'e' => RuleScenarios.CrossingTransfers(rules),
        'f' => RuleScenarios.OneOddRead(rules),
        'g' => RuleScenarios.GuestThatWasRolledBack(rules),
        'j' => RuleScenarios.SidesThatSeeEachOtherLate(rules),
        'h' => Swarm.FindFailure(Seeds, rules, LinkAlphabetSwarmTests.Prepare),
        _ => Swarm.FindFailure(Seeds, rules),
    };

    private static SimulatedRules Without(char rule) => rule switch
    {
        'a' => Engine(LinkRules.All with { PlacesPacketsAnywhere = false }),
        'b' => Engine(LinkRules.All with { WaitsForEarlierWrites = false }),
        'c' => SimulatedRules.All with { PartsBatches = false },
        'd' => Engine(LinkRules.All with { AuditsOwnTable = false }),
        'e' => Engine(LinkRules.All with { ControlIsOutsideWindow = false }),
        'f' => Engine(LinkRules.All with { IgnoresOneOddRead = false }),
        'g' => Engine(LinkRules.All with { EndsBrokenLinks = false }),
        'h' => Engine(LinkRules.All with { BansFailedAlphabets = false }),
        'i' => Engine(LinkRules.All with { DrawsAfresh = false }),
        'j' => Engine(LinkRules.All with { AnswersHelloOnce = false }),
        'k' => Engine(LinkRules.All with { BindsAcknowledgedTag = false }),
        'l' => Engine(LinkRules.All with { ProvesFreshness = false }),
        'm' => SimulatedRules.All with { SealsSurviveRepetition = false },
        'n' => Engine(LinkRules.All with { AsksPeerWhatRan = false }),
        _ => throw new ArgumentOutOfRangeException(nameof(rule)),
    };

    private static SimulatedRules Engine(LinkRules rules) => SimulatedRules.All with { Engine = rules };
}
