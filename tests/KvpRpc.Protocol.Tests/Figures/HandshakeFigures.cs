using KvpRpc.Protocol.Links;
using KvpRpc.Protocol.Tests.Simulation;

namespace KvpRpc.Protocol.Tests.Figures;

/// <summary>What a link costs from nothing to its first answer, more than a raw exchange of one write each
/// way.</summary>
internal static class HandshakeFigures
{
    internal static IEnumerable<ProtocolFigure> Measure()
    {
        foreach (bool fromHost in new[] { true, false })
        {
            using SimulatedWorld world = SimulatedMedium.Windows.NewWorld();
            world.StartGuest();
            // The guest's beacon lies there: it belongs to no attempt, and costs nobody time.
            world.RunFor(TimeSpan.FromSeconds(1));
            WorldCounts counts = WorldCounts.Of(world);
            world.StartHost();
            SimulatedSide caller = fromHost ? world.Host : world.Guest;
            if (!world.Clock.RunUntil(() => caller.Peer.Engine.State == LinkState.Open, TimeSpan.FromSeconds(60)))
                throw new SimulationException("The link did not open.");
            world.Call(caller);
            counts = counts.Until(world);

            string group = $"handshake, to the first answer to the {(fromHost ? "host" : "guest")}";
            yield return new(
                group, "host writes more than a raw exchange", counts.HostWrites - 1, FigureKind.Goal, 2);
            yield return new(
                group, "guest writes more than a raw exchange", counts.GuestWrites - 1, FigureKind.Goal, 1);
        }
    }
}
