namespace KvpRpc.Links;

/// <summary>What happened to a link or stream.</summary>
public enum KvpLinkError
{
    /// <summary>The link was open and has ended: the peer restarted, went silent or was rolled back, or the tables
    /// failed.</summary>
    LinkLost,

    /// <summary>This side has closed the link.</summary>
    Closed,

    /// <summary>The peer has closed the link.</summary>
    ClosedByPeer,

    /// <summary>The peer has reset the stream.</summary>
    StreamReset,

    /// <summary>The peer speaks no version of the protocol that this side speaks.</summary>
    VersionMismatch,

    /// <summary>The peer, or this side's policy, refuses the link.</summary>
    Refused,
}
