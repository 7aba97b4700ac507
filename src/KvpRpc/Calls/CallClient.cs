using KvpRpc.Links;
using KvpRpc.Resilience;
using Microsoft.Extensions.Logging;

namespace KvpRpc.Calls;

/// <summary>What the calls of this side share: the source of links, the table of calls, the limits.</summary>
internal sealed class CallClient(IKvpLinkSource links, CallTable table, RpcPeerOptions options)
{
    /// <summary>How long to wait before the source is asked again that gave a link which has just ended.</summary>
    internal static readonly TimeSpan LinkRetryDelay = TimeSpan.FromMilliseconds(20);

    // The link on which the peer has last said that it takes compressed calls. What the next link's peer takes, perhaps
    // another program, is not known before it says so.
    private KvpLink? _compressingLink;

    private readonly Pool<OutboundCall> _pool = new(max: 64);

    internal IKvpLinkSource Links => links;

    internal CallTable Table => table;

    internal RpcPeerOptions Options => options;

    internal ILogger Logger => options.Logger;

    internal PeerResilience Resilience { get; } = new(options, links.Peer);

    /// <summary>Gets whether the peer of a link has said that it takes compressed calls.</summary>
    internal bool TakesCompressed(KvpLink link) => ReferenceEquals(Volatile.Read(ref _compressingLink), link);

    /// <summary>The callee of a call has said which ways of compression it takes.</summary>
    internal void HandleCompression(OutboundCall call, uint ways)
    {
        if ((ways & MessageCompression.Brotli) != 0)
            Volatile.Write(ref _compressingLink, call.Link);
    }

    internal OutboundCall Begin(
        TimeSpan timeLimit, InboundCall? cause, CancellationToken cancellationToken, CancellationToken enumerationToken)
    {
        OutboundCall call = _pool.Rent();
        call.Begin(table, timeLimit, cause, cancellationToken, enumerationToken);
        return call;
    }

    internal void Finish(OutboundCall call)
    {
        if (call.TryReset(table))
            _pool.Return(call);
    }
}
