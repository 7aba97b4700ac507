namespace KvpRpc.Resilience;

/// <summary>What a callee keeps of calls it has answered, so that a caller who lost the answer with the link gets it
/// again instead of a second run.</summary>
/// <remarks>
/// <para>Kept are the answers to calls of <see cref="IdempotentAttribute"/> methods with one request and one response,
/// and to those with an <see cref="RpcCallOptions.IdempotencyId"/> whatever their method. A call that comes again while
/// its first attempt runs waits for that one's answer.</para>
/// <para>It is a window, not a promise: what falls out of it, or what a restart or a checkpoint of the callee takes
/// away, runs again.</para>
/// </remarks>
public sealed record RpcDedupeOptions
{
    /// <summary>Gets options with which nothing is kept.</summary>
    public static RpcDedupeOptions None { get; } = new() { MaxAnswers = 0 };

    /// <summary>Gets how many answers are kept: 128, at most 65,536; 0 for none.</summary>
    public int MaxAnswers { get; init; } = 128;

    /// <summary>Gets how many bytes of answers are kept: 32 KiB, at most 64 MiB. A larger answer is not.</summary>
    public int MaxBytes { get; init; } = 32 * 1024;

    /// <summary>Gets for how long an answer is kept: a minute, at most a day.</summary>
    public TimeSpan KeepFor { get; init; } = TimeSpan.FromMinutes(1);

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(MaxAnswers);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxAnswers, 65536);
        ArgumentOutOfRangeException.ThrowIfNegative(MaxBytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxBytes, 64 << 20);
        ArgumentOutOfRangeException.ThrowIfLessThan(KeepFor, TimeSpan.Zero, nameof(KeepFor));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(KeepFor, TimeSpan.FromDays(1), nameof(KeepFor));
    }
}
