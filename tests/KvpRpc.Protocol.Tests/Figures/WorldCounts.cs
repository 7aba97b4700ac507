using KvpRpc.Protocol.Tests.Simulation;

namespace KvpRpc.Protocol.Tests.Figures;

/// <summary>What both sides of a world have done: batches written, items in them, and reads that came back.</summary>
internal readonly record struct WorldCounts(
    int HostWrites, int HostItems, int HostReads, int GuestWrites, int GuestItems, int GuestReads)
{
    internal static WorldCounts Of(SimulatedWorld world) => new(
        world.Host.Writes,
        world.Host.ItemsWritten,
        world.Host.Reads,
        world.Guest.Writes,
        world.Guest.ItemsWritten,
        world.Guest.Reads);

    /// <summary>Gives what a world has done since this was taken.</summary>
    internal WorldCounts Until(SimulatedWorld world)
    {
        WorldCounts now = Of(world);
        return new(
            now.HostWrites - HostWrites,
            now.HostItems - HostItems,
            now.HostReads - HostReads,
            now.GuestWrites - GuestWrites,
            now.GuestItems - GuestItems,
            now.GuestReads - GuestReads);
    }
}
