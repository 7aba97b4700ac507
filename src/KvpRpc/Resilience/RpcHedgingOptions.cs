namespace KvpRpc.Resilience;

/// <summary>How a client sends calls of <see cref="IdempotentAttribute"/> methods again before the first attempt has
/// ended, and takes the first answer.</summary>
/// <remarks>It is for methods whose time varies much at the callee: all attempts go over the same link. Hedged calls
/// have one request and one response, and are not retried beside.</remarks>
public sealed record RpcHedgingOptions
{
    /// <summary>Gets how long an attempt may take before another joins it: 2 s; at most a day. One that fails so that a
    /// retry may follow is joined at once.</summary>
    public TimeSpan Delay { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Gets how many attempts may join the first: 1, at most 10.</summary>
    public int MaxHedgedAttempts { get; init; } = 1;

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Delay, TimeSpan.Zero, nameof(Delay));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Delay, TimeSpan.FromDays(1), nameof(Delay));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxHedgedAttempts, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxHedgedAttempts, 10);
    }
}
