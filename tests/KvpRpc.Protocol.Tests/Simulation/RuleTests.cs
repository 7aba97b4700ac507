using KvpRpc.Protocol.Links;

namespace KvpRpc.Protocol.Tests.Simulation;

/// <summary>Each rule closes a hole: with the rule taken out, the simulation finds the hole again.</summary>
public sealed class RuleTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("b")]
    [InlineData("d")]
    [InlineData("e")]
    [InlineData("f")]
    [InlineData("g")]
    [InlineData("i")]
    [InlineData("j")]
    [InlineData("k")]
    [InlineData("l")]
    [InlineData("n")]
    public void The_simulation_finds_the_hole_that_a_rule_closes(string rule)
    {
        string? found = Swarm.FindFailure(seeds: 1500, Without(rule));

        output.WriteLine($"without {rule}: {found}");
        Console.Error.WriteLine($"without {rule}: {found}");
        Assert.NotNull(found);
    }

    private static LinkRules Without(string rule) => rule switch
    {
        "b" => LinkRules.All with { WaitsForEarlierWrites = false },
        "d" => LinkRules.All with { AuditsOwnTable = false },
        "e" => LinkRules.All with { ControlIsOutsideWindow = false },
        "f" => LinkRules.All with { IgnoresOneOddRead = false },
        "g" => LinkRules.All with { EndsBrokenLinks = false },
        "i" => LinkRules.All with { DrawsAfresh = false },
        "j" => LinkRules.All with { AnswersHelloOnce = false },
        "k" => LinkRules.All with { BindsAcknowledgedTag = false },
        "l" => LinkRules.All with { ProvesFreshness = false },
        "n" => LinkRules.All with { AsksPeerWhatRan = false },
        _ => throw new ArgumentOutOfRangeException(nameof(rule)),
    };
}
