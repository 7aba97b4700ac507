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
    private CancellationToken _callerToken;
    private int _end;

    /// <summary>Gets the memory for the request.</summary>
    internal PooledBuffer Buffer { get; } = new();

    /// <summary>Gets the token that ends the waits of this call. It goes to links only, never to code of
    /// users.</summary>
    internal CancellationToken Token => _source.Token;

    /// <summary>Gets the caller's token.</summary>
    internal CancellationToken CallerToken => _callerToken;

    /// <summary>Gets why the call ended before its time.</summary>
    internal CallEnd End => (CallEnd)Volatile.Read(ref _end);

    /// <summary>Gets the time until the call ends when the caller does not say.</summary>
    internal TimeSpan TimeLimit { get; private set; }

    internal void Begin(CallTable table, TimeSpan timeLimit, CancellationToken callerToken)
    {
        TimeLimit = timeLimit;
        Deadline = CallTable.GetDeadline(table.Now, timeLimit);
        _callerToken = callerToken;
        if (!table.TryAdd(this))
        {
            HandleEnd(CallEnd.Closing);
            return;
        }

        if (!callerToken.CanBeCanceled)
            return;
        _registration = callerToken.UnsafeRegister(
            static state => ((OutboundCall)state!).HandleEnd(CallEnd.Cancelled), this);
    }

    /// <summary>Stops listening to the caller's token; false if it has fired.</summary>
    internal bool LeaveCaller()
    {
        bool hasLeft = !_callerToken.CanBeCanceled || _registration.Unregister();
        _registration = default;
        _callerToken = default;
        return hasLeft;
    }

    /// <summary>Ends the call's time in the table; false if it cannot serve another call, since something may still
    /// reach it that was meant for this one.</summary>
    internal bool TryReset(CallTable table)
    {
        Buffer.Release();
        bool hasLeft = LeaveCaller();
        bool wasOpen = table.Remove(this);
        return hasLeft && wasOpen && End == CallEnd.None && _source.TryReset();
    }

    internal override void HandleEnd(CallEnd end)
    {
        if (Interlocked.CompareExchange(ref _end, (int)end, (int)CallEnd.None) == (int)CallEnd.None)
            _source.Cancel();
    }
}
