using KvpRpc.Links;
using KvpRpc.Resilience;

namespace KvpRpc.Calls;

/// <summary>What a call of this side needs while it runs; it is used again by later calls.</summary>
/// <remarks>The first of deadline, cancellation and closing ends the call: it says why, and cancels <see
/// cref="Token"/>, on which the call waits.</remarks>
[System.Diagnostics.CodeAnalysis.SuppressMessage(
    "Reliability", "CA1001:Types that own disposable fields should be disposable",
    Justification = "A source without timer or wait handle holds nothing, and a late Cancel must find it whole.")]
internal sealed class OutboundCall : OpenCall
{
    private readonly CancellationTokenSource _source = new();
    private CancellationTokenRegistration _registration;
    private CancellationTokenRegistration _enumerationRegistration;
    private CancellationToken _callerToken;
    private CancellationToken _enumerationToken;
    private KvpLinkStream? _stream;
    private int _end;

    public OutboundCall() => Whole = this;

    /// <summary>Gets the memory for the request.</summary>
    internal PooledBuffer Buffer { get; } = new();

    /// <summary>Gets the token that ends the waits of this call. It goes to links only, never to code of
    /// users.</summary>
    internal CancellationToken Token => _source.Token;

    /// <summary>Gets which of the caller's tokens was cancelled.</summary>
    internal CancellationToken CancelledToken =>
        _enumerationToken.IsCancellationRequested ? _enumerationToken : _callerToken;

    /// <summary>Gets or sets the stream of a call that has streams: it is reset as soon as the call ends, since its
    /// caller may be busy elsewhere then. Null for others, which are waited for all the time.</summary>
    internal KvpLinkStream? Stream
    {
        get => _stream;
        set => Volatile.Write(ref _stream, value);
    }

    /// <summary>Gets or sets the link that the call runs over; null before it is opened.</summary>
    internal KvpLink? Link { get; set; }

    /// <summary>Gets or sets whether what this side sends is compressed.</summary>
    internal bool IsCompressing { get; set; }

    /// <summary>Gets the call whose handler makes this one; null: there is none.</summary>
    internal InboundCall? Cause { get; private set; }

    /// <summary>Gets or sets the span and duration of the call; null: nobody measures it.</summary>
    internal CallMeasurement? Measurement { get; set; }

    /// <summary>Gets the call that this one is an attempt at; the call itself where it makes its attempt.</summary>
    internal OutboundCall Whole { get; private set; }

    /// <summary>Gets whether what is not of this library has the token.</summary>
    internal bool IsShared { get; private set; }

    /// <summary>Gets or sets what the call's attempts have come to; null until one has failed.</summary>
    internal CallAttempts? Attempts { get; set; }

    /// <summary>Gets or sets the bits of the arguments whose reports are wanted.</summary>
    internal uint Listening { get; set; }

    /// <summary>Gets why the call ended before its time.</summary>
    internal CallEnd End => (CallEnd)Volatile.Read(ref _end);

    /// <summary>Gets the time until the call ends when the caller does not say.</summary>
    internal TimeSpan TimeLimit { get; private set; }

    internal static CallResetCode GetResetCode(CallEnd end) => end switch
    {
        CallEnd.Cancelled => CallResetCode.Cancelled,
        CallEnd.DeadlinePassed => CallResetCode.DeadlineExceeded,
        _ => CallResetCode.Closing,
    };

    /// <summary>Takes note of how the call has failed for its caller; false, so that a filter of exceptions can do
    /// it.</summary>
    internal bool Note(Exception exception)
    {
        Measurement?.SetStatus(exception is RpcException error ? error.StatusCode : StatusCode.Cancelled);
        return false;
    }

    /// <inheritdoc cref="Note"/>
    internal Exception Noted(Exception exception)
    {
        Note(exception);
        return exception;
    }

    internal static StatusCode GetStatus(CallEnd end) => end switch
    {
        CallEnd.Cancelled => StatusCode.Cancelled,
        CallEnd.DeadlinePassed => StatusCode.DeadlineExceeded,
        _ => StatusCode.Unavailable,
    };

    internal void Begin(
        CallTable table,
        TimeSpan timeLimit,
        InboundCall? cause,
        CancellationToken callerToken,
        CancellationToken enumerationToken)
    {
        TimeLimit = timeLimit;
        Cause = cause;
        Deadline = CallTable.GetDeadline(table.Now, timeLimit);
        _callerToken = callerToken;
        _enumerationToken = enumerationToken;
        if (timeLimit <= TimeSpan.Zero && timeLimit != Timeout.InfiniteTimeSpan)
        {
            HandleEnd(CallEnd.DeadlinePassed);
            return;
        }

        if (!table.TryAdd(this))
        {
            HandleEnd(CallEnd.Closing);
            return;
        }

        _registration = Register(callerToken);
        _enumerationRegistration = Register(enumerationToken);
    }

    /// <summary>Begins an attempt at a call: it has the call's deadline, but ends with a token of its own.</summary>
    internal static OutboundCall BeginAttempt(OutboundCall whole, CancellationToken token)
    {
        OutboundCall attempt = new()
        {
            Whole = whole,
            TimeLimit = whole.TimeLimit,
            Cause = whole.Cause,
            Deadline = whole.Deadline,
            Attempts = whole.Attempts,
            Listening = whole.Listening,
            _callerToken = token,
        };
        attempt._registration = attempt.Register(token);
        return attempt;
    }

    /// <summary>Lets an attempt that goes on after its choice end with the call alone.</summary>
    internal void FollowWhole()
    {
        LeaveCaller();
        _callerToken = Whole.Token;
        _registration = Register(_callerToken);
    }

    /// <summary>Ends an attempt, not the call.</summary>
    internal void EndAttempt()
    {
        LeaveCaller();
        Buffer.Release();
    }

    /// <summary>Gets the token for what is not of this library. It may keep it: this object serves no other
    /// call.</summary>
    internal CancellationToken Share()
    {
        IsShared = true;
        return Token;
    }

    /// <summary>Stops listening to the caller's tokens; false if one has fired.</summary>
    internal bool LeaveCaller()
    {
        bool hasLeft = !_callerToken.CanBeCanceled || _registration.Unregister();
        hasLeft &= !_enumerationToken.CanBeCanceled || _enumerationRegistration.Unregister();
        _registration = default;
        _enumerationRegistration = default;
        _callerToken = default;
        _enumerationToken = default;
        return hasLeft;
    }

    /// <summary>Ends the call's time in the table; false if it cannot serve another call, since something may still
    /// reach it that was meant for this one.</summary>
    internal bool TryReset(CallTable table)
    {
        Buffer.Release();
        Stream = null;
        Link = null;
        Cause = null;
        Measurement = null;
        Listening = 0;
        Attempts = null;
        bool hasLeft = LeaveCaller();
        bool wasOpen = table.Remove(this);
        return hasLeft && wasOpen && !IsShared && End == CallEnd.None && _source.TryReset();
    }

    internal override void HandleEnd(CallEnd end)
    {
        if (Interlocked.CompareExchange(ref _end, (int)end, (int)CallEnd.None) != (int)CallEnd.None)
            return;
        Volatile.Read(ref _stream)?.Reset((uint)GetResetCode(end));
        _source.Cancel();
    }

    private CancellationTokenRegistration Register(CancellationToken token) =>
        token.CanBeCanceled
            ? token.UnsafeRegister(static state => ((OutboundCall)state!).HandleEnd(CallEnd.Cancelled), this)
            : default;
}
