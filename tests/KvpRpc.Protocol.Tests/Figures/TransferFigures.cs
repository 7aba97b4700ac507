using KvpRpc.Protocol.Tests.Simulation;

namespace KvpRpc.Protocol.Tests.Figures;

/// <summary>What a mebibyte costs in each direction of each kind of guest, and how full its items are.</summary>
internal static class TransferFigures
{
    private const int Mebibyte = 1 << 20;

    // Of the window of 32 a transfer leaves an eighth and the control item to small messages.
    private const int Slots = 27;

    internal static IEnumerable<ProtocolFigure> Measure()
    {
        foreach (ProtocolFigure figure in Measure(SimulatedMedium.Windows, FigureKind.Goal, leastShare: 0.91))
            yield return figure;
        foreach (ProtocolFigure figure in Measure(SimulatedMedium.Linux, FigureKind.Goal, leastShare: 0.66))
            yield return figure;
        foreach (ProtocolFigure figure in Measure(SimulatedMedium.Base64, FigureKind.Guard, leastShare: 0.35))
            yield return figure;
        foreach (bool fromHost in new[] { true, false })
        {
            yield return new(
                $"a small call of the {(fromHost ? "host" : "guest")} beside its transfer of 4 MiB",
                "batches until it is written, at most",
                BatchesBesideATransfer(fromHost),
                FigureKind.Goal,
                2);
        }
    }

    private static IEnumerable<ProtocolFigure> Measure(SimulatedMedium medium, FigureKind kind, double leastShare)
    {
        foreach (bool fromHost in new[] { true, false })
        {
            using SimulatedWorld world = medium.NewWorld();
            world.Start();
            world.Open();
            // The widest alphabets are found on the way; from then on all is steady.
            world.Call(world.Host, 200_000, 200_000);
            world.Call(world.Guest, 200_000, 200_000);
            world.Call(world.Host);
            world.RunFor(TimeSpan.FromSeconds(5));
            WorldCounts counts = WorldCounts.Of(world);
            world.Call(fromHost ? world.Host : world.Guest, Mebibyte, 0);
            counts = counts.Until(world);

            int packets = fromHost ? counts.HostItems : counts.GuestItems;
            int writes = fromHost ? counts.HostWrites : counts.GuestWrites;
            int answers = fromHost ? counts.GuestWrites : counts.HostWrites;
            double share = (double)Mebibyte / packets / medium.CapacityBytes;
            double most = Math.Ceiling(Mebibyte / (leastShare * medium.CapacityBytes));
            string group = $"per MiB to the {(fromHost ? "guest" : "host")}, {medium.Name}";
            yield return new(group, "packets of the sender", packets, FigureKind.Guard, most);
            yield return new(group, "writes of the sender", writes, FigureKind.Guard, Math.Ceiling(most / Slots));
            yield return new(group, "writes of the receiver", answers, FigureKind.Guard, Math.Ceiling(most / Slots));
            yield return new(
                group, $"payload of an item / {medium.CapacityBytes} bytes", share, kind, leastShare, IsLeast: true);
        }
    }

    private static int BatchesBesideATransfer(bool fromHost)
    {
        using SimulatedWorld world = SimulatedMedium.Base64.NewWorld();
        world.Start();
        world.Open();
        SimulatedSide sender = fromHost ? world.Host : world.Guest;
        CallRecord transfer = sender.Peer.Call(1, 4 * Mebibyte, 1, 10, priority: 1)!;
        sender.Pump();
        world.RunFor(TimeSpan.FromMilliseconds(300));
        int most = 0;
        for (int i = 0; i < 10; i++)
        {
            CallRecord call = sender.Peer.Call(1, 100, 1, 100)!;
            int before = sender.Writes;
            sender.Pump();
            Run(world, () => call.Stream.Id is not null);
            most = Math.Max(most, sender.Writes - before);
            Run(world, () => call.Received == 1);
            world.RunFor(TimeSpan.FromMilliseconds(37));
        }

        return transfer.Received == 0
            ? most
            : throw new SimulationException("The transfer was over before the calls beside it.");
    }

    private static void Run(SimulatedWorld world, Func<bool> until)
    {
        if (!world.Clock.RunUntil(until, TimeSpan.FromSeconds(10)))
            throw new SimulationException("A call beside a transfer was not answered.");
    }
}
