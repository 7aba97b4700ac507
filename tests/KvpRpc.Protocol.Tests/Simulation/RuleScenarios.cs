using KvpRpc.Protocol.Links;

namespace KvpRpc.Protocol.Tests.Simulation;

/// <summary>Histories in which one rule of the protocol decides: each gives what went wrong, or null.</summary>
internal static class RuleScenarios
{
    /// <summary>Two windows of different sizes, each its writer's own business (a).</summary>
    internal static string? WindowsThatDiffer(SimulatedRules rules)
    {
        foreach ((int host, int guest) in new[] { (3, 5), (32, 4), (2, 100) })
        {
            using SimulatedWorld world = new(
                seed: 1, configure: options => options with { MaxSlots = options.IsHost ? host : guest })
            {
                Rules = rules,
            };
            world.Start();
            world.Clock.RunUntil(() => world.IsOpen, TimeSpan.FromMinutes(1));
            world.Host.Peer.Call(1, 100_000, 1, 100_000);
            world.Host.Pump();
            if (!world.Clock.RunUntil(() => world.Oracle.Succeeded == 1, TimeSpan.FromMinutes(3)))
                return $"windows of {host} and {guest} stand still: {Ends(world)}";
        }

        return null;
    }

    /// <summary>Two full windows at once: the acknowledgements must not need a place in them (e).</summary>
    internal static string? CrossingTransfers(SimulatedRules rules)
    {
        using SimulatedWorld world = new(seed: 1, configure: options => options with { MaxSlots = 2 })
        {
            Rules = rules,
        };
        world.Start();
        world.Open();
        foreach (SimulatedSide side in new[] { world.Host, world.Guest })
        {
            for (int i = 0; i < 100; i++)
                side.Peer.Call(1, 5000, 1, 10);
        }

        world.Host.Pump();
        world.Guest.Pump();
        return world.Clock.RunUntil(() => world.Oracle.Succeeded == 200, TimeSpan.FromMinutes(3)) ? null : Ends(world);
    }

    /// <summary>One read that shows an earlier life's hello, while the link is open (f).</summary>
    internal static string? OneOddRead(SimulatedRules rules)
    {
        using SimulatedWorld world = new(seed: 1) { Rules = rules };
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
        return world.Host.Peer.Engine.State == LinkState.Open ? null : Ends(world);
    }

    /// <summary>A guest that is back where it was, and calls again under a number that its host has seen (g).</summary>
    internal static string? GuestThatWasRolledBack(SimulatedRules rules)
    {
        using SimulatedWorld world = new(seed: 1, isRecorded: true) { Rules = rules };
        world.Start();
        world.Open();
        world.Call(world.Guest);
        Past past = new(world, world.Guest);
        world.Call(world.Guest);

        past.Return();
        world.Guest.Peer.Call(1, 200, 1, 200);
        world.Guest.Pump();
        return world.Clock.RunUntil(() => world.Host.Peer.Application.LastEnd is not null, TimeSpan.FromSeconds(10))
            ? null
            : "what cannot be read is waited for as if it were late";
    }

    /// <summary>Two sides that see each other's hellos late (j).</summary>
    internal static string? SidesThatSeeEachOtherLate(SimulatedRules rules)
    {
        const int Few = 4;
        using SimulatedWorld world = new(seed: 3) { Rules = rules, IdlePoll = TimeSpan.FromMilliseconds(50) };
        world.Host.Weather = world.Guest.Weather = new() { MaxVisibleAfter = TimeSpan.FromMilliseconds(400) };
        HashSet<string> hellos = [];
        world.Written = (_, text) =>
        {
            if (text.StartsWith('h'))
                hellos.Add(text);
        };
        world.Start();
        world.Clock.RunUntil(() => world.IsOpen, TimeSpan.FromMinutes(2));
        return hellos.Count <= Few ? null : $"{hellos.Count} hellos, and the link is {world.Host.Peer.Engine.State}";
    }

    private static string Ends(SimulatedWorld world) =>
        (world.Host.Peer.Application.LastEnd ?? world.Guest.Peer.Application.LastEnd)?.Text ?? "nothing moves";
}
