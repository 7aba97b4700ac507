using KvpRpc.Protocol.Links;
using KvpRpc.Protocol.Tests.Simulation;

namespace KvpRpc.Protocol.Tests.Links;

/// <summary>A sender that runs short of slots asks for its acknowledgement early enough, whatever a read shows of a
/// batch: otherwise a transfer would stand still until the keepalive.</summary>
public sealed class AckRequestTests
{
    [Theory]
    [InlineData(32)]
    [InlineData(8)]
    [InlineData(3)]
    [InlineData(2)]
    [InlineData(1)]
    public void Transfers_both_ways_need_no_nudge_however_batches_show(int slots)
    {
        for (ulong seed = 0; seed < 40; seed++)
            Transfer(slots, seed);
    }

    private static void Transfer(int slots, ulong seed)
    {
        using SimulatedWorld world = new(seed, configure: options => options with { MaxSlots = slots });
        world.Start();
        world.Open();
        Random random = new((int)seed);
        Instant now = world.Clock.Now;
        Table[] tables = [new(world.Host.Peer, world.Host.Own.Own()), new(world.Guest.Peer, world.Guest.Own.Own())];
        for (int i = 0; i < 3; i++)
        {
            world.Host.Peer.Call(1, 200_000, 1, 200_000, 1);
            world.Guest.Peer.Call(3, 100, 2, 300, 0);
        }

        // Time stands still, so nothing but packets can move the transfer on.
        for (int idle = 0; world.Oracle.Succeeded < 6; idle++)
        {
            Assert.True(idle < 200, $"Seed {seed}: the transfer stands still with {slots} slots.");
            int side = random.Next(2);
            if (tables[side].Step(random, now))
                idle = 0;
            tables[1 - side].Peer.Read(tables[side].Items, now);
        }
    }

    /// <summary>A side's table, whose pending writes land one at a time.</summary>
    private sealed class Table(SimulatedPeer peer, IEnumerable<KeyValuePair<string, string>> items)
    {
        private readonly Dictionary<string, string> _items = new(items);
        private readonly List<PendingWrite> _pending = [];

        internal SimulatedPeer Peer { get; } = peer;

        internal List<KeyValuePair<string, string>> Items => [.. _items];

        internal bool Step(Random random, Instant now)
        {
            if (_pending.Count == 0)
                _pending.AddRange(Peer.CollectWrites(128, now));
            int landing = Math.Min(_pending.Count, 1 + random.Next(_pending.Count + 1));
            for (int i = 0; i < landing; i++)
            {
                PendingWrite write = _pending[0];
                _pending.RemoveAt(0);
                if (write.Text is null)
                    _items.Remove(write.Key);
                else
                    _items[write.Key] = write.Text;
                Peer.HandleWritten(write.Index, WriteResult.Landed, now);
            }

            return landing > 0;
        }
    }
}
