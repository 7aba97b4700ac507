using KvpRpc.Links;

namespace KvpRpc.Driver;

/// <summary>Those who wait for a link to open.</summary>
internal sealed class LinkWaiters
{
    private readonly Lock _gate = new();
    private TaskCompletionSource<KvpLink> _open = NewSource();
    private Exception? _closed;

    internal ValueTask<KvpLink> GetAsync(CancellationToken cancellationToken)
    {
        Task<KvpLink> open;
        lock (_gate)
            open = _open.Task;
        return open.IsCompletedSuccessfully || !cancellationToken.CanBeCanceled
            ? new(open)
            : new(open.WaitAsync(cancellationToken));
    }

    internal void Open(KvpLink link)
    {
        lock (_gate)
            _open.TrySetResult(link);
    }

    internal void Reset()
    {
        lock (_gate)
        {
            if (_open.Task.IsCompleted && _closed is null)
                _open = NewSource();
        }
    }

    internal void Close(Exception closed)
    {
        lock (_gate)
        {
            _closed = closed;
            if (_open.Task.IsCompleted)
                _open = NewSource();
            _open.SetException(closed);
            _ = _open.Task.Exception;
        }
    }

    private static TaskCompletionSource<KvpLink> NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
