namespace KvpRpc.Links;

/// <summary>Gives the link to a peer: the open one, or the next when it has ended.</summary>
public interface IKvpLinkSource
{
    /// <summary>Gets the link if it is open now, else null.</summary>
    KvpLink? CurrentLink { get; }

    /// <summary>Waits until a link is open.</summary>
    /// <exception cref="KvpLinkException">No link can open, and waiting will not help; the message says
    /// why.</exception>
    ValueTask<KvpLink> GetLinkAsync(CancellationToken cancellationToken);

    /// <summary>Gets who is at the other end of all its links, as this side knows it by itself.</summary>
    RpcPeerIdentity Peer => RpcPeerIdentity.Unknown;

    /// <summary>Gets what stands in the way of a link, for the text of an error; null when nothing is known.</summary>
    string? Obstacle { get; }
}
