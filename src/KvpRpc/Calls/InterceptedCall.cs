using KvpRpc.Generated;

namespace KvpRpc.Calls;

/// <summary>A call of this side that runs through interceptors.</summary>
internal abstract class InterceptedCall : RpcClientContext
{
    private readonly CallClient _client;
    private readonly CallSettings _settings;
    private InterceptedCall? _origin;
    private RpcMetadata? _metadata;
    private RpcResponse _response;
    private ReadOnlyMemory<byte> _idempotencyId;
    private Shared _shared;

    private protected InterceptedCall(CallClient client, CallSettings settings, RpcMethod method)
    {
        _client = client;
        _settings = settings;
        Definition = method;
        _response = settings.Response ?? new();
        _idempotencyId = settings.IdempotencyId;
        TimeSpan timeLimit = settings.TimeLimit;
        if (RpcContext.CurrentCall?.TimeLeft is { } left && (left < timeLimit || timeLimit == Timeout.InfiniteTimeSpan))
            timeLimit = left;
        _shared = new(CallTable.GetDeadline(client.Table.Now, timeLimit));
    }

    public override RpcMethod Definition { get; }

    public override RpcPeerIdentity Peer => _client.Links.Peer;

    public override RpcMetadata RequestMetadata => _metadata ??= MetadataCodec.DecodeCopy(_settings.Metadata.Span);

    public override RpcMetadata ResponseHeaders => _response.Headers;

    public override RpcMetadata ResponseTrailers => _response.Trailers;

    public override CancellationToken CancellationToken { get; set; }

    public override TimeSpan? TimeLeft
    {
        get
        {
            if (_shared.Deadline == TimeSpan.MaxValue)
                return null;
            TimeSpan left = _shared.Deadline - _client.Table.Now;
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    public override int Attempts => Volatile.Read(ref _shared.Attempts);

    public override ReadOnlyMemory<byte> IdempotencyId
    {
        get => _idempotencyId;
        set
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value.Length, CallHeader.MaxIdempotencyIdBytes);
            _idempotencyId = value.ToArray();
        }
    }

    public override bool IsCommitted => false;

    public override RpcClientContext Fork(CancellationToken cancellationToken)
    {
        InterceptedCall fork = (InterceptedCall)MemberwiseClone();
        fork._origin = this;
        fork._metadata = _metadata is null ? null : MetadataCodec.DecodeCopy(MetadataCodec.Encode(_metadata).Span);
        fork._response = new();
        fork.CancellationToken = cancellationToken;
        return fork;
    }

    /// <summary>Makes one attempt.</summary>
    internal abstract ValueTask<object?> RunAsync();

    /// <summary>Gets what makes the next attempt, within the time that is left.</summary>
    /// <exception cref="RpcException">There is none left.</exception>
    private protected ClientInvoker BeginAttempt()
    {
        int previous = Interlocked.Increment(ref _shared.Attempts) - 1;
        TimeSpan? left = TimeLeft;
        if (previous > 0 && left == TimeSpan.Zero)
            throw CallErrors.DeadlinePassedBetweenAttempts(Method);
        return new(_client, _settings with
        {
            TimeLimit = left ?? Timeout.InfiniteTimeSpan,
            Metadata = _metadata is null ? _settings.Metadata : MetadataCodec.Encode(_metadata),
            IdempotencyId = _idempotencyId,
            Response = _response,
            PreviousAttempts = (uint)previous,
        });
    }

    /// <summary>Takes note that the attempt has succeeded: the metadata that came with it is the call's.</summary>
    private protected void HandleSuccess()
    {
        if (_origin is null)
            return;
        _origin._response.HandleHeaders(ResponseHeaders);
        _origin._response.HandleTrailers(ResponseTrailers);
        _origin.HandleSuccess();
    }

    /// <summary>What all forks of a call have together.</summary>
    private sealed class Shared(TimeSpan deadline)
    {
        internal int Attempts;

        internal TimeSpan Deadline => deadline;
    }
}
