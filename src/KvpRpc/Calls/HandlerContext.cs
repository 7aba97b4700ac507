using KvpRpc.Generated;
using KvpRpc.Links;

namespace KvpRpc.Calls;

/// <summary>The context of a call of the peer.</summary>
internal sealed class HandlerContext(InboundCall call) : RpcContext
{
    private readonly Lazy<RpcMetadata> _metadata = new(() => MetadataCodec.Decode(call.Metadata));
    private int _hasSentHeaders;
    private int _hasRun;

    public override RpcPeerIdentity Peer => call.Server.Peer;

    public override string Method => call.Method;

    public override RpcMethod Definition => call.Definition;

    public override RpcMetadata RequestMetadata => _metadata.Value;

    public override RpcMetadata ResponseTrailers { get; } = [];

    public override RpcCompression ResponseCompression
    {
        get => call.ResponseCompression;
        set
        {
            RpcClientOptions.ValidateCompression(value, nameof(value));
            call.ResponseCompression = value;
        }
    }

    public override TimeSpan? TimeLeft => call.TimeLeft;

    public override long Attempt => 1L + call.PreviousAttempts;

    public override ReadOnlyMemory<byte> IdempotencyId => call.IdempotencyId;

    public override CancellationToken Cancelled => call.Aborted;

    public override CancellationToken Stopping => call.Server.Draining;

    /// <summary>Gets or sets what runs the handler at the end of the interceptors.</summary>
    internal Func<ValueTask<object?>>? Handler { get; set; }

    /// <summary>Gets whether the interceptors have come to the handler.</summary>
    internal bool HasRun => Volatile.Read(ref _hasRun) != 0;

    /// <summary>Runs the handler of a call that has come through the interceptors.</summary>
    internal ValueTask<object?> RunHandlerAsync() =>
        Interlocked.Exchange(ref _hasRun, 1) == 0 && Handler is { } handler
            ? handler()
            : throw new InvalidOperationException($"An interceptor runs the handler of {Method} a second time.");

    public override async ValueTask SendHeadersAsync(RpcMetadata headers)
    {
        ArgumentNullException.ThrowIfNull(headers);
        ReadOnlyMemory<byte> fields = MetadataCodec.Encode(headers);
        int max = call.Server.Options.MaxMetadataBytes;
        if (fields.Length > max)
            throw CallErrors.ResponseMetadataTooLarge(call.Method, max);
        if (Interlocked.Exchange(ref _hasSentHeaders, 1) != 0)
            throw new InvalidOperationException("Headers are sent once.");
        try
        {
            await call.OpenSender().WriteAloneAsync(CallMessageKind.Headers, 0, fields).ConfigureAwait(false);
        }
        catch (KvpLinkException)
        {
            // Nobody waits for them any more; the handler learns of it by its token.
        }
    }
}
