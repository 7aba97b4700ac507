namespace KvpRpc.Protocol.Tests.Simulation;

/// <summary>A side of a recorded world with its table, as it was when this was made.</summary>
internal sealed class Past(SimulatedWorld world, SimulatedSide side)
{
    private readonly SimulatedPeer _peer = side.Peer;
    private readonly int _inputs = side.Peer.InputCount;
    private readonly IReadOnlyList<KeyValuePair<string, string>> _items = side.Own.Own();
    private readonly int _deeds = world.Oracle.Count;

    /// <summary>Puts the side back to where it was; nobody is told.</summary>
    internal void Return()
    {
        bool isHost = side == world.Host;
        world.RestoredHost += isHost ? 1 : 0;
        world.RestoredGuest += isHost ? 0 : 1;
        SimulatedPeer again = _peer.AsOf(_inputs, world.NextTimeline());
        side.Peer.Dispose();
        side.Own.Restore(_items, world.Clock.Now);
        world.Oracle.Undo(isHost, _deeds);
        again.HandleTimeout(side.Now);
        side.Resume(again);
    }
}
