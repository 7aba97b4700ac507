namespace KvpRpc;

/// <summary>Takes what comes to the caller beside the result: give it with <see
/// cref="RpcCallOptions.Response"/>.</summary>
/// <remarks>It is for one call at a time; of several it holds the latest.</remarks>
public sealed class RpcResponse
{
    private volatile RpcMetadata _headers = RpcMetadata.Empty;
    private volatile RpcMetadata _trailers = RpcMetadata.Empty;
    private volatile TaskCompletionSource<RpcMetadata> _headersCame =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Gets the metadata that came ahead of the result; none, if the call has not come so far.</summary>
    public RpcMetadata Headers => _headers;

    /// <summary>Gets the metadata that came with the end of the call, also with an error; none before.</summary>
    public RpcMetadata Trailers => _trailers;

    /// <summary>Gets or sets whether the message that came last was compressed.</summary>
    internal bool WasCompressed { get; set; }

    /// <summary>Waits for <see cref="Headers"/>; completes with none where the call ends, or its first item comes,
    /// without. The items of a result that is a stream must be asked for, or nothing is received.</summary>
    public Task<RpcMetadata> WaitForHeadersAsync() => _headersCame.Task;

    internal void Begin()
    {
        _headers = RpcMetadata.Empty;
        _trailers = RpcMetadata.Empty;
        if (_headersCame.Task.IsCompleted)
            _headersCame = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    internal void HandleHeaders(RpcMetadata headers)
    {
        _headers = headers;
        _headersCame.TrySetResult(headers);
    }

    /// <summary>The first item has come, or the call has ended: headers can come no more.</summary>
    internal void HandleNoHeaders() => _headersCame.TrySetResult(_headers);

    internal void HandleTrailers(RpcMetadata trailers)
    {
        _trailers = trailers;
        _headersCame.TrySetResult(_headers);
    }
}
