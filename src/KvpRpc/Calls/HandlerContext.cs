using KvpRpc.Links;

namespace KvpRpc.Calls;

/// <summary>The context of a call of the peer.</summary>
internal sealed class HandlerContext(InboundCall call) : RpcContext
{
    private readonly Lazy<RpcMetadata> _metadata = new(() => MetadataCodec.Decode(call.Metadata));
    private int _hasSentHeaders;

    public override RpcPeerIdentity Peer => call.Server.Peer;

    public override string Method => call.Method;

    public override RpcMetadata RequestMetadata => _metadata.Value;

    public override RpcMetadata ResponseTrailers { get; } = [];

    public override TimeSpan? TimeLeft => call.TimeLeft;

    public override long Attempt => 1L + call.PreviousAttempts;

    public override ReadOnlyMemory<byte> IdempotencyId => call.IdempotencyId;

    public override CancellationToken Cancelled => call.Aborted;

    public override CancellationToken Stopping => call.Server.Stopping;

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
