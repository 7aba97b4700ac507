using KvpRpc.Protocol.Links;
using KvpRpc.Protocol.Tests.Simulation;

namespace KvpRpc.Protocol.Tests.Figures;

/// <summary>What a link costs that has been in use and is at rest.</summary>
internal static class RestFigures
{
    private const int Links = 64;

    // A host deletes nothing: for it that is a call of its own, and its items cost a guest next to nothing.
    private const int Window = 32;

    internal static IEnumerable<ProtocolFigure> Measure()
    {
        const string Group = "a link at rest";
        using SimulatedWorld world = AtRest();
        WorldCounts counts = WorldCounts.Of(world);
        world.RunFor(TimeSpan.FromHours(1));
        counts = counts.Until(world);
        yield return new(Group, "host writes an hour", counts.HostWrites, FigureKind.Goal, 0);
        yield return new(Group, "guest writes an hour", counts.GuestWrites, FigureKind.Goal, 0);
        yield return new(Group, "items of the host", world.Host.Own.Count, FigureKind.Guard, Window);
        yield return new(Group, "items of the guest", world.Guest.Own.Count, FigureKind.Guard, 1);
        foreach (bool ofHost in new[] { true, false })
        {
            string name = $"bytes of memory of the {(ofHost ? "host" : "guest")}";
            yield return new(Group, name, BytesOfAnEngine(ofHost), FigureKind.Goal, 64 << 10);
        }
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
