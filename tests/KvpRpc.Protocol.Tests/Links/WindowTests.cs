using KvpRpc.Protocol.Tests.Simulation;

namespace KvpRpc.Protocol.Tests.Links;

public sealed class WindowTests
{
    [Fact]
    public void A_full_window_asks_for_no_write_until_the_peer_has_acknowledged()
    {
        using SimulatedWorld world = new(seed: 1);
        world.Start();
        world.Open();
        SimulatedPeer host = world.Host.Peer;
        host.Call(1, 1 << 20, 1, 1, 1);
        Protocol.Links.LinkEngine engine = host.Engine;
        Instant now = world.Clock.Now;

        // The guest reads nothing meanwhile.
        for (int batches = 0; engine.WriteAt(now) <= now; batches++)
        {
            List<PendingWrite> writes = host.CollectWrites(8, now);
            Assert.True(writes.Count > 0 && batches < 64, "The engine asks for a write and has nothing to write.");
            foreach (PendingWrite write in writes)
                host.HandleWritten(write.Index, Protocol.Links.WriteResult.Landed, now);
        }
    }
}
