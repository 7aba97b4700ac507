namespace KvpRpc.Protocol.Links;

/// <summary>Why a link ended.</summary>
internal enum LinkEndReason
{
    /// <summary>The peer has begun a new life: its hello is not the one this link was opened with.</summary>
    PeerRestarted,

    /// <summary>The peer did not answer a nudge.</summary>
    PeerSilent,

    /// <summary>The next packet stayed unreadable: another key, or a peer that was rolled back.</summary>
    Unreadable,

    /// <summary>The peer answered but did not see a packet in a wide alphabet: the medium hides it.</summary>
    Unseen,

    /// <summary>A packet stayed missing, or acknowledgements went backwards: the peer was rolled back.</summary>
    PeerRolledBack,

    /// <summary>This side may have been rolled back, and the peer did not prove that the link goes on.</summary>
    Suspected,

    /// <summary>The own table took no item for a packet; the next link does with those that are there.</summary>
    TableFull,

    /// <summary>The peer broke the protocol.</summary>
    ProtocolError,

    /// <summary>This side closed the link.</summary>
    Closed,

    /// <summary>The peer closed the link.</summary>
    ClosedByPeer,

    /// <summary>The numbers of the link are used up; the next link begins anew.</summary>
    NumbersUsedUp,
}

/// <summary>The end of a link: why, and a sentence for people.</summary>
internal sealed record LinkEnd(LinkEndReason Reason, string Text);
