using KvpRpc.Protocol.Links;
using KvpRpc.Protocol.Tests.Simulation;

namespace KvpRpc.Protocol.Tests.Figures;

/// <summary>What a link costs that has been in use and is at rest.</summary>
internal static class RestFigures
{
    private const int Links = 64;

    // The control item, and one that calls of both sides in turn would need again.
    private const int FewItems = 2;

    internal static IEnumerable<ProtocolFigure> Measure()
    {
        const string Group = "a link at rest";
        using SimulatedWorld world = AtRest();
        WorldCounts counts = WorldCounts.Of(world);
        world.RunFor(TimeSpan.FromHours(1));
        counts = counts.Until(world);
        yield return new(Group, "host writes an hour", counts.HostWrites, FigureKind.Goal, 0);
        yield return new(Group, "guest writes an hour", counts.GuestWrites, FigureKind.Goal, 0);
        yield return new(Group, "items of the host", world.Host.Own.Count, FigureKind.Goal, FewItems);
        yield return new(Group, "items of the guest", world.Guest.Own.Count, FigureKind.Goal, FewItems);
        (int hostClears, int guestClears) = WritesToRest();
        yield return new(Group, "host writes to clear away a burst", hostClears, FigureKind.Guard, 2);
        yield return new(Group, "guest writes to clear away a burst", guestClears, FigureKind.Guard, 2);
        yield return new(
            Group, "bytes of memory of the host", BytesOfAnEngine(ofHost: true), FigureKind.Goal, 64 << 10);
        yield return new(
            Group, "bytes of memory of the guest", BytesOfAnEngine(ofHost: false), FigureKind.Goal, 64 << 10);
    }

    private static (int Host, int Guest) WritesToRest()
    {
        using SimulatedWorld world = SimulatedMedium.Windows.NewWorld();
        world.Start();
        world.Open();
        world.Call(world.Host, 100_000, 100_000);
        WorldCounts counts = WorldCounts.Of(world);
        world.RunFor(TimeSpan.FromMinutes(1));
        counts = counts.Until(world);
        return world is { Host.Own.Count: <= FewItems, Guest.Own.Count: <= FewItems }
            ? (counts.HostWrites, counts.GuestWrites)
            : throw new SimulationException("A burst was not cleared away.");
    }

    // This looks at the memory of the whole process: nothing else may run beside it.
    private static double BytesOfAnEngine(bool ofHost)
    {
        List<LinkEngine> engines = new(Links + 1) { Engine(ofHost) };
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int i = 0; i < Links; i++)
            engines.Add(Engine(ofHost));
        long after = GC.GetTotalMemory(forceFullCollection: true);
        foreach (LinkEngine engine in engines)
            engine.Dispose();
        return Math.Round((double)(after - before) / Links);
    }

    private static LinkEngine Engine(bool ofHost)
    {
        SimulatedWorld world = AtRest();
        (ofHost ? world.Guest : world.Host).Peer.Dispose();
        return (ofHost ? world.Host : world.Guest).Peer.Engine;
    }

    private static SimulatedWorld AtRest()
    {
        SimulatedWorld world = SimulatedMedium.Windows.NewWorld();
        world.Start();
        world.Open();
        world.Call(world.Host, 100_000, 100_000);
        world.RunFor(TimeSpan.FromSeconds(5));
        world.Call(world.Host);
        world.RunFor(TimeSpan.FromMinutes(1));
        return world;
    }
}
