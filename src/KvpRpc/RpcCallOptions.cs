using KvpRpc.Links;

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

    internal RpcClientOptions ApplyTo(RpcClientOptions options)
    {
        if (Deadline is { } deadline)
            RpcClientOptions.ValidateDeadline(deadline, nameof(Deadline));
        return options with { Deadline = Deadline ?? options.Deadline, Priority = Priority ?? options.Priority };
    }
}
