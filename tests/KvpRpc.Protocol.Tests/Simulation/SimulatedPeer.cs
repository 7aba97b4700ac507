using KvpRpc.Protocol.Links;

namespace KvpRpc.Protocol.Tests.Simulation;

/// <summary>One life of a process: engine, application and their chance. All that reaches it is an input, so that
/// living the recorded inputs again gives the peer as it was at a checkpoint.</summary>
internal sealed class SimulatedPeer : IDisposable
{
    private readonly Func<CallOracle, SimulatedPeer> _again;
    private readonly CallOracle _oracle;
    private readonly List<Action<SimulatedPeer>>? _inputs;
    private readonly Dictionary<int, OwnItem> _inFlight = [];
    private readonly List<OwnItem> _batch = [];

    internal SimulatedPeer(
        LinkOptions options, ulong seed, ulong life, Traffic traffic, CallOracle oracle, SealChecker seals, Instant now,
        bool isRecorded)
    {
        _again = judge => new(options, seed, life, traffic, judge, seals, now, isRecorded);
        _oracle = oracle;
        _inputs = isRecorded ? [] : null;
        Options = options;
        Engine = new(options, new SimulatedCrypto(seed, seals: seals), now);
        Application = new(Engine, new(seed + 1), traffic, oracle, life, options.IsHost);
    }

    internal LinkOptions Options { get; }

    internal LinkEngine Engine { get; }

    internal EchoApplication Application { get; }

    internal int InputCount => _inputs?.Count ?? 0;

    internal void Read(IReadOnlyList<KeyValuePair<string, string>> items, Instant now)
    {
        Record(peer => peer.Read(items, now));
        Engine.BeginRead();
        foreach ((string key, string text) in items)
            Engine.HandleItem(key, text, now);
        Engine.EndRead(now);
        Drain();
    }

    internal void Audit(IReadOnlyList<KeyValuePair<string, string>> items, Instant now)
    {
        Record(peer => peer.Audit(items, now));
        Engine.BeginAudit();
        foreach ((string key, string text) in items)
            Engine.HandleAudited(key, text);
        Engine.EndAudit(now);
        Drain();
    }

    internal void HandleTimeout(Instant now)
    {
        Record(peer => peer.HandleTimeout(now));
        Engine.HandleTimeout(now);
        Drain();
    }

    /// <summary>Gives the writes that start now: key and text, or null for a deletion.</summary>
    internal List<PendingWrite> CollectWrites(int max, Instant now)
    {
        Record(peer => peer.CollectWrites(max, now));
        _batch.Clear();
        Engine.CollectWrites(_batch, max, now);
        List<PendingWrite> writes = [];
        foreach (OwnItem item in _batch)
        {
            if (!_inFlight.TryAdd(item.Index, item))
                throw new SimulationException(
                    $"Item {item.Index} was given out while a write of it was under way (rule 2).");
            writes.Add(new(item.Index, item.Key, item.IsDelete ? null : item.Value.ToString()));
            BoundsChecker.Check(writes[^1], Options);
        }

        Drain();
        return writes;
    }

    internal void HandleWritten(int index, WriteResult result, Instant now)
    {
        Record(peer => peer.HandleWritten(index, result, now));
        _inFlight.Remove(index, out OwnItem? item);
        Engine.HandleWritten(item!, result, now);
        Drain();
    }

    internal void Act()
    {
        Record(peer => peer.Act());
        Application.Act();
        Drain();
    }

    internal CallRecord? Call(int messages, int messageBytes, int replies, int replyBytes, byte priority = 0)
    {
        Record(peer => peer.Call(messages, messageBytes, replies, replyBytes, priority));
        return Application.Call(messages, messageBytes, replies, replyBytes, priority);
    }

    internal void Suspect(ulong nonce, Instant now)
    {
        Record(peer => peer.Suspect(nonce, now));
        Engine.HandleSuspicion(now, nonce);
        Drain();
    }

    internal void SetTraffic(Traffic traffic)
    {
        Record(peer => peer.SetTraffic(traffic));
        Application.Traffic = traffic;
    }

    internal void Close(string text)
    {
        Record(peer => peer.Close(text));
        Engine.Close(text);
        Drain();
    }

    /// <summary>Gives the peer as it was after so many inputs, on a timeline of its own; a clone has a judge of its
    /// own, too.</summary>
    internal SimulatedPeer AsOf(int inputCount, ulong timeline, CallOracle? judge = null)
    {
        SimulatedPeer peer = _again(judge ?? _oracle);
        peer.Application.IsReplaying = true;
        for (int i = 0; i < inputCount; i++)
            _inputs![i](peer);
        peer.Application.IsReplaying = false;
        peer.SetTimeline(timeline);
        return peer;
    }

    /// <summary>Gives which writes are under way, for the world to answer after a rollback.</summary>
    internal List<PendingWrite> InFlight() =>
        [.. _inFlight.Values.Select(
            item => new PendingWrite(item.Index, item.Key, item.IsDelete ? null : item.Value.ToString()))];

    public void Dispose() => Engine.Dispose();

    private void SetTimeline(ulong timeline)
    {
        Record(peer => peer.SetTimeline(timeline));
        Application.Timeline = timeline;
    }

    private void Record(Action<SimulatedPeer> input) => _inputs?.Add(input);

    private void Drain()
    {
        while (Engine.TryGetEvent(out LinkEvent linkEvent))
            Application.Handle(linkEvent);
    }
}

/// <summary>A write that has started: the text is null for a deletion.</summary>
internal sealed record PendingWrite(int Index, string Key, string? Text);
