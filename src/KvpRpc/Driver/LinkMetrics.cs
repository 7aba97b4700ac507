using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using KvpRpc.Links;
using KvpRpc.Protocol.Hellos;
using KvpRpc.Protocol.Links;

namespace KvpRpc.Driver;

/// <summary>What the links of one channel cost and meet, as <see cref="KvpTelemetry"/> lists it. Called by the driver's
/// loop.</summary>
internal sealed class LinkMetrics
{
    private static readonly ConcurrentDictionary<LinkMetrics, bool> Open = new();

    private static readonly InstrumentAdvice<double> FillBuckets = new()
    {
        HistogramBucketBoundaries = [0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99],
    };

    // Those of calls: an acknowledgement comes with a call's answer as a rule.
    private static readonly InstrumentAdvice<double> DelayBuckets = new()
    {
        HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
    };

    private static readonly Counter<long> Writes = KvpTelemetry.Meter.CreateCounter<long>(
        KvpTelemetry.LinkWrites, "{write}", "Batches of items handed to the transport.");

    private static readonly Counter<long> Items = KvpTelemetry.Meter.CreateCounter<long>(
        KvpTelemetry.LinkItems, "{item}", "Items in batches handed to the transport.");

    private static readonly Counter<long> Rewrites = KvpTelemetry.Meter.CreateCounter<long>(
        KvpTelemetry.LinkRewrites, "{item}", "Items written again with the same text.");

    private static readonly Counter<long> Reads = KvpTelemetry.Meter.CreateCounter<long>(
        KvpTelemetry.LinkReads, "{read}", "Reads of the peer's table.");

    private static readonly Counter<long> Resets = KvpTelemetry.Meter.CreateCounter<long>(
        KvpTelemetry.LinkResets, "{link}", "Open links that were lost.");

    private static readonly Histogram<double> Fill = KvpTelemetry.Meter.CreateHistogram(
        KvpTelemetry.PacketFill, "1", "Share of a packet's room that its frames take.", tags: null, FillBuckets);

    private static readonly Histogram<double> AckDelay = KvpTelemetry.Meter.CreateHistogram(
        KvpTelemetry.AckDelay, "s", "Time from the sealing of a packet to its acknowledgement.", tags: null,
        DelayBuckets);

    // It counts when it is asked, so that who listens later misses no link that is open already.
    private static readonly ObservableUpDownCounter<long> OpenLinks = KvpTelemetry.Meter.CreateObservableUpDownCounter(
        KvpTelemetry.LinksOpen,
        static () => Open.Keys.Select(static one => new Measurement<long>(1, one._tags)),
        "{link}",
        "Links that are open now.");

    private readonly KeyValuePair<string, object?>[] _tags;
    private readonly KeyValuePair<string, object?>[] _tagsOfNews;
    private readonly KeyValuePair<string, object?>[] _tagsOfNoNews;
    private long _rewrites;

    internal LinkMetrics(PeerRole role, KvpLinkOptions options)
    {
        List<KeyValuePair<string, object?>> tags =
        [
            new(KvpTelemetry.Channel, options.Channel),
            new(KvpTelemetry.Side, role == PeerRole.Host ? "host" : "guest"),
        ];
        if (options.VirtualMachineId is { } id)
            tags.Add(new(KvpTelemetry.VirtualMachineId, id.ToString()));
        if (options.VirtualMachineName is { } name)
            tags.Add(new(KvpTelemetry.VirtualMachineName, name));
        _tags = [.. tags];
        _tagsOfNews = [.. tags, new(KvpTelemetry.ReadFoundNews, true)];
        _tagsOfNoNews = [.. tags, new(KvpTelemetry.ReadFoundNews, false)];
        _ = OpenLinks;
    }

    /// <summary>A batch goes to the transport.</summary>
    internal void HandleWrite(int items)
    {
        Writes.Add(1, _tags);
        Items.Add(items, _tags);
    }

    /// <summary>A read of the peer's table has ended.</summary>
    internal void HandleRead(bool foundNews) => Reads.Add(1, foundNews ? _tagsOfNews : _tagsOfNoNews);

    internal void HandleOpened() => Open.TryAdd(this, true);

    /// <summary>A link has ended.</summary>
    /// <param name="reason">Why; null: this side's loop has failed.</param>
    internal void HandleEnded(LinkEndReason? reason)
    {
        Open.TryRemove(this, out _);
        if (reason is not (LinkEndReason.Closed or LinkEndReason.ClosedByPeer) && Resets.Enabled)
            Resets.Add(1, [.. _tags, new(KvpTelemetry.ErrorType, GetText(reason))]);
    }

    /// <summary>Takes what the engine has measured since the last time.</summary>
    internal void Take(LinkMeasures measures)
    {
        measures.AreWanted = Fill.Enabled || AckDelay.Enabled;
        long rewrites = measures.Rewrites - _rewrites;
        _rewrites = measures.Rewrites;
        if (rewrites > 0)
            Rewrites.Add(rewrites, _tags);
        while (measures.TryGetFill(out double fill))
            Fill.Record(fill, _tags);
        while (measures.TryGetAckDelay(out TimeSpan delay))
            AckDelay.Record(delay.TotalSeconds, _tags);
    }

    private static string GetText(LinkEndReason? reason) => reason switch
    {
        LinkEndReason.PeerRestarted => "peer_restarted",
        LinkEndReason.PeerSilent => "peer_silent",
        LinkEndReason.Unreadable => "unreadable",
        LinkEndReason.Unseen => "unseen",
        LinkEndReason.PeerRolledBack => "peer_rolled_back",
        LinkEndReason.Suspected => "suspected",
        LinkEndReason.TableFull => "table_full",
        LinkEndReason.ProtocolError => "protocol_error",
        LinkEndReason.NumbersUsedUp => "numbers_used_up",
        _ => "_OTHER",
    };
}
