using KvpRpc.Protocol.Links;

namespace KvpRpc.Protocol.Tests.Simulation;

/// <summary>What an engine keeps; it runs alone, since it looks at the memory of the whole process.</summary>
[Collection(nameof(MemoryTests))]
[CollectionDefinition(nameof(MemoryTests), DisableParallelization = true)]
public sealed class MemoryTests(ITestOutputHelper output)
{
    [Fact]
    public void A_link_at_rest_keeps_less_than_64_KiB()
    {
        const int Links = 64;
        List<LinkEngine> engines = [];
        engines.AddRange(AtRest());
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int i = 0; i < Links; i++)
            engines.AddRange(AtRest());

        long each = (GC.GetTotalMemory(forceFullCollection: true) - before) / Links / 2;
        output.WriteLine($"{each} bytes an engine at rest, after transfers of 100 kB each way");
        foreach (LinkEngine engine in engines)
            engine.Dispose();
        Assert.InRange(each, 1, 64 << 10);
    }

    private static LinkEngine[] AtRest()
    {
        SimulatedWorld world = new(seed: 1);
        world.Start();
        world.Open();
        world.Call(world.Host, 100_000, 100_000);
        world.RunFor(TimeSpan.FromMinutes(1));
        return [world.Host.Peer.Engine, world.Guest.Peer.Engine];
    }
}
