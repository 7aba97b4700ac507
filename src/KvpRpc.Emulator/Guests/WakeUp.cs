namespace KvpRpc.Emulator.Guests;

/// <summary>Wakes one waiter; a wake-up before the wait is kept.</summary>
internal sealed class WakeUp
{
    private readonly Lock _lock = new();
    private bool _isSet;
    private TaskCompletionSource? _waiter;

    internal void Set()
    {
        TaskCompletionSource? waiter;
        lock (_lock)
        {
            waiter = _waiter;
            _waiter = null;
            _isSet = waiter is null;
        }

        waiter?.SetResult();
    }

    /// <summary>Waits for the next wake-up. One wait at a time.</summary>
    internal Task WaitAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_isSet)
            {
                _isSet = false;
                return Task.CompletedTask;
            }

            _waiter ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _waiter.Task.WaitAsync(cancellationToken);
        }
    }
}
