using KvpRpc.Calls;
using KvpRpc.Links;
using KvpRpc.Resilience;
using Polly;

namespace KvpRpc;

/// <summary>How one client makes its calls. Clients are cheap: make one for each way of calling.</summary>
public sealed record RpcClientOptions
{
    /// <summary>Gets the time after which a call ends with <see cref="StatusCode.DeadlineExceeded"/>; at most 49 days,
    /// <see cref="Timeout.InfiniteTimeSpan"/> for none, null for <see
    /// cref="RpcPeerOptions.DefaultDeadline"/>.</summary>
    public TimeSpan? Deadline { get; init; }

    /// <summary>Gets how the messages of the client's calls compete with others for the link.</summary>
    public KvpStreamPriority Priority { get; init; }

    /// <summary>Gets what goes to the callee beside the arguments of every call; null: nothing.</summary>
    public RpcMetadata? Metadata { get; init; }

    /// <summary>Gets how messages of the client's calls are compressed: not at all. Otherwise the callee may compress
    /// what it answers, and arguments are compressed as soon as a call on the same link has been answered by a callee
    /// that takes them so (<see cref="RpcPeerOptions.Compression"/>); until then, and for others, they cross as they
    /// are.</summary>
    public RpcCompression Compression { get; init; }

    /// <summary>Gets what runs around the client's calls, the first outermost, inside
    /// <see cref="RpcPeerOptions.ClientInterceptors"/>.</summary>
    public IReadOnlyList<IRpcClientInterceptor> Interceptors { get; init; } = [];

    /// <summary>Gets the pipeline that all calls of the client run through; null for the peer's, <see
    /// cref="ResiliencePipeline.Empty"/> for none: <see cref="RpcResilience"/>.</summary>
    public ResiliencePipeline? Resilience { get; init; }

    /// <summary>Gets how calls are sent again before the first attempt has ended; null: they are not.</summary>
    public RpcHedgingOptions? Hedging { get; init; }

    internal static void ValidateCompression(RpcCompression compression, string name)
    {
        if (compression is not (RpcCompression.None or RpcCompression.Brotli))
            throw new ArgumentOutOfRangeException(name, compression, "There is no such way of compression.");
    }

    internal static void ValidateDeadline(TimeSpan deadline, string name)
    {
        bool isValid = deadline == Timeout.InfiniteTimeSpan
            || (deadline > TimeSpan.Zero && deadline.TotalMilliseconds <= CallHeader.MaxDeadlineMilliseconds);
        if (!isValid)
        {
            throw new ArgumentOutOfRangeException(
                name, deadline, "A deadline is above zero and at most 49 days, or infinite.");
        }
    }
}
