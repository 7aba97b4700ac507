using KvpRpc.Resilience;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace KvpRpc;

/// <summary>How an <see cref="RpcPeer"/> makes and takes calls.</summary>
public sealed record RpcPeerOptions
{
    /// <summary>Gets the time after which a call of this side ends with <see cref="StatusCode.DeadlineExceeded"/>,
    /// unless its client says otherwise: 30 seconds; at most 49 days, or <see cref="Timeout.InfiniteTimeSpan"/> for
    /// none.</summary>
    public TimeSpan DefaultDeadline { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets how many calls of the peer run at once: 256. One more ends with
    /// <see cref="StatusCode.ResourceExhausted"/> and does not run.</summary>
    public int MaxConcurrentCalls { get; init; } = 256;

    /// <summary>Gets how long <see cref="RpcPeer.DrainAsync"/> waits for calls to end before it cancels those of the
    /// peer: 30 seconds; at most 49 days, or <see cref="Timeout.InfiniteTimeSpan"/> for no limit.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets the most bytes of one message, sent or received: 4 MiB. A call with a larger one ends with
    /// <see cref="StatusCode.ResourceExhausted"/>. The link may have a lower limit.</summary>
    public int MaxMessageBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>Gets the most bytes of the metadata of a message, sent or received: 8 KiB; at most that. A call with
    /// more ends with <see cref="StatusCode.ResourceExhausted"/>.</summary>
    public int MaxMetadataBytes { get; init; } = 8 * 1024;

    /// <summary>Gets which compressed calls of the peer are taken, and how answers are compressed for callers that take
    /// them so: none, and not at all. See <see cref="RpcContext.ResponseCompression"/>; for calls of this side,
    /// see <see cref="RpcClientOptions.Compression"/>.</summary>
    /// <remarks>A few compressed bytes can become <see cref="MaxMessageBytes"/>, in each of
    /// <see cref="MaxConcurrentCalls"/> calls: a side that takes them should let both be small.</remarks>
    public RpcCompression Compression { get; init; }

    /// <summary>Gets who may call a service that was added without saying so; null: nobody.</summary>
    public RpcAccess? DefaultAccess { get; init; }

    /// <summary>Gets whether the caller is told the type and message of an exception that a handler threw: false, since
    /// they can hold secrets. An <see cref="RpcException"/> always crosses with its code and message.</summary>
    public bool IncludeExceptionDetails { get; init; }

    /// <summary>Gets what runs around all calls of this side, the first outermost.</summary>
    public IReadOnlyList<IRpcClientInterceptor> ClientInterceptors { get; init; } = [];

    /// <summary>Gets what runs around the handlers of the peer's calls, the first outermost.</summary>
    public IReadOnlyList<IRpcServerInterceptor> ServerInterceptors { get; init; } = [];

    /// <summary>Gets what is done where calls of this side fail for the sake of the link.</summary>
    public RpcResilienceOptions Resilience { get; init; } = new();

    /// <summary>Gets what is kept of the peer's calls that have been answered, for callers that lost the
    /// answer.</summary>
    public RpcDedupeOptions Dedupe { get; init; } = new();

    /// <summary>Gets the clock of deadlines.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Gets where calls are logged, with event ids 100 to 199.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;

    internal void Validate()
    {
        RpcClientOptions.ValidateDeadline(DefaultDeadline, nameof(DefaultDeadline));
        RpcClientOptions.ValidateDeadline(DrainTimeout, nameof(DrainTimeout));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxConcurrentCalls);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxMessageBytes);
        ArgumentOutOfRangeException.ThrowIfNegative(MaxMetadataBytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxMetadataBytes, 8 * 1024);
        RpcClientOptions.ValidateCompression(Compression, nameof(Compression));
        ArgumentNullException.ThrowIfNull(ClientInterceptors);
        ArgumentNullException.ThrowIfNull(ServerInterceptors);
        Resilience.Validate();
        Dedupe.Validate();
        ArgumentNullException.ThrowIfNull(TimeProvider);
        ArgumentNullException.ThrowIfNull(Logger);
    }
}
