using KvpRpc.Protocol.Tests.Simulation;

namespace KvpRpc.Protocol.Tests.Figures;

/// <summary>What small unary calls cost: one after the other, far apart, and many in one flush.</summary>
internal static class CallFigures
{
    private const int Calls = 100;
    private const int CallsInAFlush = 16;
    private const int Flushes = 20;

    internal static IEnumerable<ProtocolFigure> Measure()
    {
        foreach (bool fromHost in new[] { true, false })
        {
            foreach (ProtocolFigure figure in OneByOne(fromHost, TimeSpan.Zero, "back to back"))
                yield return figure;
            foreach (ProtocolFigure figure in OneByOne(fromHost, TimeSpan.FromMinutes(7), "7 minutes apart"))
                yield return figure;
            foreach (ProtocolFigure figure in Together(fromHost))
                yield return figure;
        }
    }

    private static IEnumerable<ProtocolFigure> OneByOne(bool fromHost, TimeSpan gap, string when)
    {
        using SimulatedWorld world = WarmWorld(fromHost);
        SimulatedSide caller = fromHost ? world.Host : world.Guest;
        WorldCounts before = WorldCounts.Of(world);
        int hostReads = 0;
        int guestReads = 0;
        for (int i = 0; i < Calls; i++)
        {
            WorldCounts call = WorldCounts.Of(world);
            world.Call(caller);
            call = call.Until(world);
            hostReads += call.HostReads;
            guestReads += call.GuestReads;
            world.RunFor(gap);
        }

        // What the calls leave to be written counts as theirs.
        world.RunFor(TimeSpan.FromMinutes(1));
        WorldCounts all = before.Until(world);
        string group = Group(fromHost, when);
        yield return new(group, "host writes", (double)all.HostWrites / Calls, FigureKind.Goal, 1);
        yield return new(group, "guest writes", (double)all.GuestWrites / Calls, FigureKind.Goal, 1);
        yield return new(group, "host items", (double)all.HostItems / Calls, FigureKind.Guard, 1);
        yield return new(group, "guest items", (double)all.GuestItems / Calls, FigureKind.Guard, 1);
        yield return new(group, "host polls, call to answer", (double)hostReads / Calls, FigureKind.Guard, 1);
        yield return new(group, "guest reads, call to answer", (double)guestReads / Calls, FigureKind.Guard, 1);
    }

    private static IEnumerable<ProtocolFigure> Together(bool fromHost)
    {
        using SimulatedWorld world = WarmWorld(fromHost);
        SimulatedSide caller = fromHost ? world.Host : world.Guest;
        WorldCounts before = WorldCounts.Of(world);
        for (int i = 0; i < Flushes; i++)
        {
            int wanted = world.Oracle.Succeeded + CallsInAFlush;
            for (int j = 0; j < CallsInAFlush; j++)
                caller.Peer.Call(1, 60, 1, 60);
            caller.Pump();
            if (!world.Clock.RunUntil(() => world.Oracle.Succeeded == wanted, TimeSpan.FromSeconds(30)))
                throw new SimulationException("Calls of one flush were not answered.");
        }

        WorldCounts answered = before.Until(world);
        world.RunFor(TimeSpan.FromMinutes(1));
        WorldCounts all = before.Until(world);
        const double Count = CallsInAFlush * Flushes;
        string group = Group(fromHost, $"{CallsInAFlush} in one flush");
        yield return new(group, "host writes", all.HostWrites / Count, FigureKind.Goal, 0.25);
        yield return new(group, "guest writes", all.GuestWrites / Count, FigureKind.Goal, 0.25);
        yield return new(group, "host items", all.HostItems / Count, FigureKind.Guard, 0.25);
        yield return new(group, "guest items", all.GuestItems / Count, FigureKind.Guard, 0.25);
        yield return new(group, "host polls, call to answer", answered.HostReads / Count, FigureKind.Guard, 0.25);
        yield return new(group, "guest reads, call to answer", answered.GuestReads / Count, FigureKind.Guard, 0.25);
    }

    private static string Group(bool fromHost, string when) =>
        $"per unary call of the {(fromHost ? "host" : "guest")}, {when}";

    // Names have crossed, and what the guest no longer needs is deleted beside the last of these calls.
    private static SimulatedWorld WarmWorld(bool fromHost)
    {
        SimulatedWorld world = SimulatedMedium.Windows.NewWorld();
        world.Start();
        world.Open();
        world.Call(fromHost ? world.Guest : world.Host);
        for (int i = 0; i < 3; i++)
        {
            world.Call(fromHost ? world.Host : world.Guest);
            world.RunFor(TimeSpan.FromSeconds(5));
        }

        return world;
    }
}
