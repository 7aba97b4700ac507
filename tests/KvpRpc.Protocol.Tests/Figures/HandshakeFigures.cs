using KvpRpc.Protocol.Tests.Simulation;

namespace KvpRpc.Protocol.Tests.Figures;

/// <summary>What a link costs from nothing to its first answer, more than a raw exchange of one write each
/// way.</summary>
internal static class HandshakeFigures
{
    internal static IEnumerable<ProtocolFigure> Measure()
    {
        // Hello and answer; the host's first packet carries its calls already.
        foreach (ProtocolFigure figure in Measure(fromHost: true, hostWrites: 1, guestWrites: 1))
            yield return figure;
        // A guest may speak only when it has seen a sealed packet: one write of the host more.
        foreach (ProtocolFigure figure in Measure(fromHost: false, hostWrites: 2, guestWrites: 1))
            yield return figure;
    }

    private static IEnumerable<ProtocolFigure> Measure(bool fromHost, int hostWrites, int guestWrites)
    {
        string caller = fromHost ? "host" : "guest";
        (int beacon, WorldCounts waiting) = ToFirstAnswer(fromHost, callsAtOnce: true);
        string group = $"from no link to the first answer to the {caller}, more than a raw exchange";
        yield return new(group, "host writes", waiting.HostWrites - 1, FigureKind.Goal, hostWrites);
        yield return new(group, "guest writes", waiting.GuestWrites - 1, FigureKind.Goal, guestWrites);
        yield return new(group, "guest writes before there is a host", beacon, FigureKind.Guard, 1);

        (_, WorldCounts late) = ToFirstAnswer(fromHost, callsAtOnce: false);
        group = $"the same, when the {caller} calls only once both sides are open";
        yield return new(group, "host writes", late.HostWrites - 1, FigureKind.Guard, 2);
        yield return new(group, "guest writes", late.GuestWrites - 1, FigureKind.Guard, 2);
    }

    private static (int Beacon, WorldCounts Counts) ToFirstAnswer(bool fromHost, bool callsAtOnce)
    {
        using SimulatedWorld world = SimulatedMedium.Windows.NewWorld();
        SimulatedSide caller = fromHost ? world.Host : world.Guest;
        world.StartGuest();
        world.RunFor(TimeSpan.FromSeconds(1));
        WorldCounts before = WorldCounts.Of(world);
        world.StartHost();
        if (callsAtOnce)
        {
            caller.Peer.Application.OnOpened = () => caller.Peer.Call(1, 100, 1, 100);
            if (!world.Clock.RunUntil(() => world.Oracle.Succeeded == 1, TimeSpan.FromSeconds(60)))
                throw new SimulationException("The first call was not answered.");
        }
        else
        {
            world.Open();
            world.Call(caller);
        }

        return (before.GuestWrites, before.Until(world));
    }
}
