using KvpRpc.Links;
using KvpRpc.Resilience;
using Polly;

namespace KvpRpc.Calls;

/// <summary>How the calls of one client are made, ready for use.</summary>
/// <param name="TimeLimit">The time until a call ends.</param>
/// <param name="Priority">How its messages compete with others.</param>
/// <param name="Metadata">The fields of the metadata as they cross.</param>
/// <param name="IdempotencyId">The id of all attempts; empty: none.</param>
/// <param name="Response">What takes the metadata of the response; null: nothing.</param>
/// <param name="Pipeline">What all calls run through; null: the peer's.</param>
/// <param name="Hedging">What hedges calls; null: nothing.</param>
/// <param name="PreviousAttempts">How often the call was sent before.</param>
/// <param name="Compression">How its messages are compressed, where the callee takes them so.</param>
internal sealed record CallSettings(
    TimeSpan TimeLimit,
    KvpStreamPriority Priority,
    ReadOnlyMemory<byte> Metadata = default,
    ReadOnlyMemory<byte> IdempotencyId = default,
    RpcResponse? Response = null,
    ResiliencePipeline? Pipeline = null,
    ResiliencePipeline<object>? Hedging = null,
    uint PreviousAttempts = 0,
    RpcCompression Compression = RpcCompression.None)
{
    /// <exception cref="ArgumentOutOfRangeException">A value of the options is out of its range.</exception>
    internal static CallSettings Create(RpcClientOptions options, RpcPeerOptions peer)
    {
        if (options.Deadline is { } deadline)
            RpcClientOptions.ValidateDeadline(deadline, nameof(RpcClientOptions.Deadline));
        RpcClientOptions.ValidateCompression(options.Compression, nameof(RpcClientOptions.Compression));
        return new(options.Deadline ?? peer.DefaultDeadline, options.Priority, MetadataCodec.Encode(options.Metadata))
        {
            Compression = options.Compression,
            Pipeline = options.Resilience,
            Hedging = ClientResilience.CreateHedging(options.Hedging, peer.TimeProvider),
        };
    }

    /// <exception cref="ArgumentOutOfRangeException">A value of the options is out of its range.</exception>
    internal CallSettings With(RpcCallOptions options)
    {
        if (options.Deadline is { } deadline)
            RpcClientOptions.ValidateDeadline(deadline, nameof(RpcCallOptions.Deadline));
        if (options.Compression is { } compression)
            RpcClientOptions.ValidateCompression(compression, nameof(RpcCallOptions.Compression));
        if (options.IdempotencyId.Length > CallHeader.MaxIdempotencyIdBytes)
        {
            throw new ArgumentOutOfRangeException(
                nameof(options), options.IdempotencyId.Length, "An idempotency id has at most 64 bytes.");
        }

        return this with
        {
            TimeLimit = options.Deadline ?? TimeLimit,
            Priority = options.Priority ?? Priority,
            Metadata = options.Metadata is null
                ? Metadata
                : (byte[])[.. Metadata.Span, .. MetadataCodec.Encode(options.Metadata).Span],
            IdempotencyId = options.IdempotencyId.ToArray(),
            Compression = options.Compression ?? Compression,
            Response = options.Response,
        };
    }
}
