using KvpRpc.Protocol.Hellos;
using KvpRpc.Protocol.Streams;

namespace KvpRpc.Protocol.Links;

/// <summary>What became of the link before: the peer's next hello says what it had accepted (rule 11).</summary>
internal sealed class Settlement(LinkRules rules)
{
    private StreamSet? _streams;
    private UInt128 _attemptId;
    private ulong _acked;

    /// <summary>Takes note of a link that has ended.</summary>
    /// <param name="attemptId">The own attempt that it was opened with.</param>
    /// <param name="link">The link.</param>
    internal void Note(UInt128 attemptId, OpenLink link) =>
        (_attemptId, _streams, _acked) = (attemptId, link.Streams, link.Acked);

    /// <summary>Gives what the peer says of that link, once; what it has acknowledged it cannot take back.</summary>
    internal LinkEvent? Take(Hello peer)
    {
        if (_streams is not { } ended || (peer.LastAccepted?.PeerAttemptId != _attemptId && rules.AsksPeerWhatRan))
            return null;
        _streams = null;
        ulong said = rules.AsksPeerWhatRan ? peer.LastAccepted!.Value.Number : 0;
        return new(LinkEventKind.Settled) { Streams = ended, Accepted = Math.Max(said, _acked) };
    }
}
