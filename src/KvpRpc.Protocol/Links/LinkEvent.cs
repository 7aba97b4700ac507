using KvpRpc.Protocol.Hellos;
using KvpRpc.Protocol.Streams;

namespace KvpRpc.Protocol.Links;

/// <summary>What the engine tells its driver.</summary>
internal enum LinkEventKind
{
    /// <summary>The link carries streams from now on.</summary>
    Opened,

    /// <summary>The link has ended with all its streams; a handshake for the next one has begun.</summary>
    Ended,

    /// <summary>The peer has opened a stream.</summary>
    StreamOpened,

    /// <summary>A message, or the end of the peer's direction, has arrived on a stream.</summary>
    Message,

    /// <summary>The message given to <c>Send</c> lies wholly in issued packets.</summary>
    SendCompleted,

    /// <summary>The peer has reset a stream.</summary>
    StreamReset,

    /// <summary>The peer's next hello says what it had accepted of the link that ended before: a stream of
    /// <see cref="LinkEvent.Streams"/> that was opened in a later packet than <see cref="LinkEvent.Accepted"/>
    /// certainly did not reach it (rule 11).</summary>
    Settled,
}

/// <summary>One thing the engine tells its driver, in order.</summary>
/// <remarks>A <see cref="LinkEventKind.Message"/> hands its buffer (rented from the shared array pool) to the driver,
/// which returns it and calls <c>Consume</c> when the application is done with it.</remarks>
internal readonly record struct LinkEvent(LinkEventKind Kind)
{
    internal EngineStream? Stream { get; init; }

    /// <summary>Gets the message; null where the peer's direction ended without one.</summary>
    internal byte[]? Buffer { get; init; }

    internal int Length { get; init; }

    internal bool EndOfStream { get; init; }

    internal uint ResetCode { get; init; }

    internal LinkEnd? End { get; init; }

    /// <summary>Gets the hello of the peer of the link that has opened; the link may have ended since.</summary>
    internal Hello? Peer { get; init; }

    /// <summary>Gets the id of the link that has opened.</summary>
    internal uint LinkId { get; init; }

    /// <summary>Gets the streams of the link that is settled.</summary>
    internal StreamSet? Streams { get; init; }

    /// <summary>Gets the number of the last packet that the peer had accepted of it; of a link that has just ended, as
    /// far as it has said so by then.</summary>
    internal ulong Accepted { get; init; }
}
