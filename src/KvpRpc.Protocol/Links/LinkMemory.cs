namespace KvpRpc.Protocol.Links;

/// <summary>What an engine holds that grows with what it is given: what must be small at rest, and bounded whatever a
/// peer does.</summary>
/// <param name="TextBytes">The texts of own items, written or to be written.</param>
/// <param name="PacketBytes">Packets of the peer kept until those before them have come: only within a read.</param>
/// <param name="MessageBytes">Buffers of messages that are being received, or were and wait for the driver.</param>
/// <param name="Streams">Streams that are open or wait to be.</param>
/// <param name="Queued">Frames that are due, streams that wait for their turn, events that wait for the driver, and
/// what is noted of probes.</param>
/// <param name="NameBytes">Names of streams that both sides have told each other.</param>
internal readonly record struct LinkMemory(
    long TextBytes, long PacketBytes, long MessageBytes, int Streams, int Queued, long NameBytes)
{
    // Buffers for one packet each way, tags of the last packets, tables of items: about this, measured.
    private const int FixedBytes = 24 << 10;

    // What the objects of a stream, and an entry of a queue, take at most.
    private const int StreamBytes = 512;
    private const int QueuedBytes = 128;

    /// <summary>Adds up what the parts of an engine hold.</summary>
    internal static LinkMemory Of(OwnItems items, OpenLink? link, IReadOnlyCollection<LinkEvent> events)
    {
        long delivered = events.Sum(static linkEvent => (long)(linkEvent.Buffer?.Length ?? 0));
        if (link is not { Streams: { } streams })
            return new(items.TextBytes, 0, delivered, 0, events.Count, 0);
        int queued = events.Count + streams.Filler.QueuedCount + streams.AwaitingOpenCount
            + streams.Budget.WaitingCount + link.Proofs.NotedCount;
        return new(
            items.TextBytes, link.HeldBytes, delivered + streams.AssemblyBytes, streams.ActiveCount, queued,
            streams.OwnNames.Bytes + streams.PeerNames.Bytes);
    }

    /// <summary>Gets about how many bytes the engine takes in all.</summary>
    internal long Bytes => FixedBytes + TextBytes + PacketBytes + MessageBytes + ((long)Streams * StreamBytes)
        + ((long)Queued * QueuedBytes) + NameBytes;
}
