namespace KvpRpc.Calls;

/// <summary>How many bytes of one of several streams may still go to the callee.</summary>
/// <remarks>An item may go while any are left, so one item may pass the limit. One waits at a time.</remarks>
internal sealed class ArgumentCredit(long bytes)
{
    private readonly Lock _gate = new();
    private long _left = bytes;
    private TaskCompletionSource? _came;

    internal bool HasLeft
    {
        get
        {
            lock (_gate)
                return _left > 0;
        }
    }

    internal Task WaitAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_left > 0)
                return Task.CompletedTask;
            _came ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _came.Task.WaitAsync(cancellationToken);
        }
    }

    internal void Take(int bytes)
    {
        lock (_gate)
            _left -= bytes;
    }

    internal void Add(uint bytes)
    {
        lock (_gate)
        {
            _left += bytes;
            if (_left <= 0)
                return;
            _came?.TrySetResult();
            _came = null;
        }
    }
}
