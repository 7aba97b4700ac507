namespace KvpRpc.Protocol.Links;

/// <summary>What own packets have met, for those who measure: counted as it happens, taken by the driver like any
/// output.</summary>
internal sealed class LinkMeasures
{
    // A window of packets twice over: a driver that takes them after each input never has as many.
    private const int MaxHeld = 256;

    // As many as numbers whose tags are kept.
    private const int Issues = 128;

    private readonly Queue<double> _fills = new();
    private readonly Queue<TimeSpan> _ackDelays = new();
    private (ulong Number, Instant At)[]? _issued;

    /// <summary>Gets or sets whether somebody wants to know of each packet.</summary>
    internal bool AreWanted { get; set; }

    /// <summary>Gets how many items were written again with the text that they were written with before.</summary>
    internal long Rewrites { get; private set; }

    /// <summary>Gets or sets whether a stream is open: a link at rest acknowledges nothing.</summary>
    internal bool IsActive { get; set; }

    /// <summary>Gets the share of the room of the next packet that its frames take; false when there is none.</summary>
    internal bool TryGetFill(out double fill) => _fills.TryDequeue(out fill);

    /// <summary>Gets how long the next packet waited for its acknowledgement; false when there is none.</summary>
    internal bool TryGetAckDelay(out TimeSpan delay) => _ackDelays.TryDequeue(out delay);

    internal void HandleRewritten() => Rewrites++;

    internal void HandleSealed(ulong number, int bytes, int room, Instant now)
    {
        if (!AreWanted)
            return;
        _issued ??= new (ulong, Instant)[Issues];
        _issued[number % Issues] = (number, now);
        if (_fills.Count < MaxHeld)
            _fills.Enqueue((double)bytes / room);
    }

    /// <summary>Takes that the peer has all packets up to a number.</summary>
    /// <param name="acked">Up to which it had them before.</param>
    /// <param name="ack">Up to which it has them now.</param>
    /// <param name="since">Nothing counts as waiting before.</param>
    /// <param name="now">The time.</param>
    internal void HandleAck(ulong acked, ulong ack, Instant since, Instant now)
    {
        if (!AreWanted || !IsActive || _issued is null)
            return;
        ulong first = ack - acked > Issues ? ack - Issues : acked;
        for (ulong number = first + 1; number <= ack && _ackDelays.Count < MaxHeld; number++)
        {
            (ulong issued, Instant at) = _issued[number % Issues];
            if (issued == number)
                _ackDelays.Enqueue(now - (at > since ? at : since));
        }
    }

    /// <summary>Forgets the packets of a link that has ended.</summary>
    internal void HandleEnd()
    {
        IsActive = false;
        if (_issued is not null)
            Array.Clear(_issued);
    }
}
