using KvpRpc.Links;
using KvpRpc.Protocol;
using KvpRpc.Protocol.Streams;

namespace KvpRpc.Driver;

/// <summary>The own streams of a link that was lost of which nobody knows yet whether they have reached the peer: its
/// next hello may tell (rule n).</summary>
/// <remarks>They wait until the peer has told, the next link opens, or the time is over, whichever comes first; their
/// callers can give them up at any moment. They are all of one link, since the next one decides them: so the peer's
/// limit of streams bounds them.</remarks>
internal sealed class UndecidedStreams(TimeSpan within)
{
    private readonly HashSet<DriverStream> _streams = [];

    /// <summary>Gets when <see cref="HandleTimeout"/> has something to do.</summary>
    internal Instant NextTimeout { get; private set; } = Instant.Never;

    /// <summary>Keeps a stream of a link that has just been lost; false for one whose outcome no hello can
    /// change.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="acked">The number of the last packet that the peer has acknowledged.</param>
    /// <param name="now">The time.</param>
    internal bool TryHold(DriverStream stream, ulong acked, Instant now)
    {
        if (within <= TimeSpan.Zero || stream.Engine is not { IsOwn: true, Id: not null } engine
            || engine.OpenedIn <= acked)
            return false;
        _streams.Add(stream);
        NextTimeout = now + within;
        return true;
    }

    internal bool Contains(DriverStream stream) => _streams.Contains(stream);

    /// <summary>Forgets a stream that its caller has given up.</summary>
    internal void Remove(DriverStream stream) => _streams.Remove(stream);

    /// <summary>Decides the streams of a link of which the peer has said what it had accepted.</summary>
    internal void Settle(StreamSet streams, ulong accepted)
    {
        foreach (DriverStream stream in _streams.Where(stream => stream.Engine!.Set == streams).ToArray())
            End(stream, certainlyNotDelivered: stream.Engine!.OpenedIn > accepted);
    }

    internal void HandleTimeout(Instant now)
    {
        if (NextTimeout <= now)
            EndAll();
    }

    /// <summary>Ends what is still undecided: the outcome stays unknown.</summary>
    internal void EndAll()
    {
        NextTimeout = Instant.Never;
        foreach (DriverStream stream in _streams.ToArray())
            End(stream, certainlyNotDelivered: false);
    }

    private void End(DriverStream stream, bool certainlyNotDelivered)
    {
        _streams.Remove(stream);
        KvpLinkException reason = stream.Link.EndReason!;
        stream.Fail(new(reason.Error, reason.Message, certainlyNotDelivered));
    }
}
