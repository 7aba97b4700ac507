namespace KvpRpc.Protocol.Links;

/// <summary>How far a side of a channel is: the table of transitions is in <c>protocol/link.md</c>.</summary>
internal enum LinkState
{
    /// <summary>The own hello is out; the peer has not answered it (host), or has not asked yet (guest: a
    /// beacon).</summary>
    Greeting,

    /// <summary>Both hellos are known and keys derived; no sealed item of the peer has been opened yet.</summary>
    Confirming,

    /// <summary>The link is open.</summary>
    Open,

    /// <summary>This side has closed the channel.</summary>
    Closed,
}
