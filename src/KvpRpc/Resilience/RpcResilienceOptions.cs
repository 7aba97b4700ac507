using Polly;

namespace KvpRpc.Resilience;

/// <summary>How a peer deals with failures of its calls: see <see cref="RpcResilience"/>.</summary>
public sealed record RpcResilienceOptions
{
    /// <summary>Gets options with which every call is one attempt.</summary>
    public static RpcResilienceOptions None { get; } = new() { MaxRetries = 0, FailuresToBreak = 0 };

    /// <summary>Gets how many attempts may follow the first: 3, at most 10; 0 for none.</summary>
    public int MaxRetries { get; init; } = 3;

    /// <summary>Gets about how long to wait before the first attempt that follows a loss: 500 ms, at most a minute.
    /// Each further wait is about twice as long, and all are of random length, so that many callers do not come back
    /// at once. Where the call certainly did not run, the first wait is left out.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Gets the longest wait between two attempts: 5 s, at most a minute. Where the peer says when to try
    /// again, that holds.</summary>
    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Gets after how many failures of the link within <see cref="FailurePeriod"/> the circuit opens: 3, at
    /// least 2; 0: it never opens. A failure is a lost link, however many calls it carried, or a call that found none
    /// before its deadline. Calls whose first attempt succeeds are not counted; of the others half must
    /// fail.</summary>
    public int FailuresToBreak { get; init; } = 3;

    /// <summary>Gets within what time failures count together: 2 minutes, since a call without a link takes its whole
    /// deadline to fail; 1 second to 10 minutes.</summary>
    public TimeSpan FailurePeriod { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Gets for how long calls then end at once with <see cref="StatusCode.Unavailable"/>, certainly not run,
    /// until one is let through to try: 5 s; 1 second to 10 minutes.</summary>
    public TimeSpan BreakDuration { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Gets what adds the strategies of a pipeline of one's own, which every call then runs through; null: the
    /// default, which a call enters when its first attempt has failed. It is called once for each peer; the builder has
    /// the pipeline's name, the peer's as the name of the instance, and the clock. The other options then only hold
    /// where it adds the default with them.</summary>
    public Action<ResiliencePipelineBuilder>? Configure { get; init; }

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(MaxRetries);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxRetries, 10);
        ThrowIfNotWithin(RetryDelay, TimeSpan.Zero, TimeSpan.FromMinutes(1), nameof(RetryDelay));
        ThrowIfNotWithin(MaxRetryDelay, TimeSpan.Zero, TimeSpan.FromMinutes(1), nameof(MaxRetryDelay));
        ArgumentOutOfRangeException.ThrowIfNegative(FailuresToBreak);
        ArgumentOutOfRangeException.ThrowIfEqual(FailuresToBreak, 1);
        ThrowIfNotWithin(FailurePeriod, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10), nameof(FailurePeriod));
        ThrowIfNotWithin(BreakDuration, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10), nameof(BreakDuration));
    }

    private static void ThrowIfNotWithin(TimeSpan value, TimeSpan min, TimeSpan max, string name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, min, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, max, name);
    }
}
