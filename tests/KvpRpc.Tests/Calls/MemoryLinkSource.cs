using KvpRpc.Links;

namespace KvpRpc.Tests.Calls;

internal sealed class MemoryLinkSource : IKvpLinkSource
{
    private readonly Lock _lock = new();
    private TaskCompletionSource<KvpLink> _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public KvpLink? CurrentLink
    {
        get
        {
            lock (_lock)
                return _next.Task.IsCompletedSuccessfully ? _next.Task.Result : null;
        }
    }

    public string? Obstacle { get; set; }

    public RpcPeerIdentity Peer { get; set; } = RpcPeerIdentity.Unknown;

    public async ValueTask<KvpLink> GetLinkAsync(CancellationToken cancellationToken)
    {
        Task<KvpLink> next;
        lock (_lock)
            next = _next.Task;
        return await next.WaitAsync(cancellationToken);
    }

    internal void Open(KvpLink link)
    {
        lock (_lock)
        {
            if (_next.Task.IsCompleted)
                _next = new TaskCompletionSource<KvpLink>(TaskCreationOptions.RunContinuationsAsynchronously);
            _next.SetResult(link);
        }
    }

    internal void Close()
    {
        lock (_lock)
        {
            if (_next.Task.IsCompleted)
                _next = new TaskCompletionSource<KvpLink>(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    internal void Fail(KvpLinkException exception)
    {
        lock (_lock)
            _next.SetException(exception);
    }
}
