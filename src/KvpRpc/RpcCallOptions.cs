using KvpRpc.Links;
using KvpRpc.Resilience;

namespace KvpRpc;

/// <summary>How single calls are made, other than the rest of a client's: see <see
/// cref="RpcClients.With{TContract}"/>.</summary>
public sealed record RpcCallOptions
{
    /// <summary>Gets the time after which the call ends with <see cref="StatusCode.DeadlineExceeded"/>; at most 49
    /// days, <see cref="Timeout.InfiniteTimeSpan"/> for none, null for the client's.</summary>
    public TimeSpan? Deadline { get; init; }

    /// <summary>Gets how the call's messages compete with others for the link; null for the client's way.</summary>
    public KvpStreamPriority? Priority { get; init; }

    /// <summary>Gets what goes to the callee beside the arguments, after what goes with all calls of the client; null:
    /// nothing more.</summary>
    public RpcMetadata? Metadata { get; init; }

    /// <summary>Gets the id that all attempts of the call share, 1 to 64 bytes; empty: none. A callee that still keeps
    /// the answer to a call of the same method with the same id gives it again and does not run the call: <see
    /// cref="RpcDedupeOptions"/>.</summary>
    public ReadOnlyMemory<byte> IdempotencyId { get; init; }

    /// <summary>Gets how the call's messages are compressed; null for the client's way.</summary>
    public RpcCompression? Compression { get; init; }

    /// <summary>Gets what takes the metadata of the response; null: it is dropped.</summary>
    public RpcResponse? Response { get; init; }
}
