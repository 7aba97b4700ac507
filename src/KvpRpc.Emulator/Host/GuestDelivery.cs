using KvpRpc.Emulator.Guests;

namespace KvpRpc.Emulator.Host;

/// <summary>Carries changed host items to the guest, in the background of the calls that changed them.</summary>
/// <remarks>An item that changes again before its turn goes over once, with its newest value: the tables are registers.
/// To a guest that answers at once, as one in memory does, all has been delivered when <see cref="Enqueue"/> returns.
/// </remarks>
/// <param name="wire">The wire to the guest.</param>
/// <param name="getData">Gives the newest data of a host item, or null if there is none.</param>
internal sealed class GuestDelivery(GuestWire wire, Func<string, string?> getData)
{
    private readonly Lock _lock = new();
    private readonly Queue<string> _queue = new();
    private readonly HashSet<string> _queued = new(StringComparer.Ordinal);
    private bool _isRunning;
    private TaskCompletionSource? _idle;

    /// <summary>Completes when the delivery that runs now has nothing more to do.</summary>
    internal Task WaitUntilIdleAsync()
    {
        lock (_lock)
        {
            if (!_isRunning) return Task.CompletedTask;
            _idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _idle.Task;
        }
    }

    /// <summary>Marks items as changed and delivers what waits, if the guest can be reached.</summary>
    internal void Enqueue(params ReadOnlySpan<string> names)
    {
        lock (_lock)
        {
            foreach (string name in names)
            {
                if (_queued.Add(name)) _queue.Enqueue(name);
            }

            if (_isRunning || _queue.Count == 0 || !wire.IsOpen) return;
            _isRunning = true;
        }

        _ = RunAsync();
    }

    /// <summary>Forgets what waits, because all will be delivered anew.</summary>
    internal void Clear()
    {
        lock (_lock)
        {
            _queue.Clear();
            _queued.Clear();
        }
    }

    private async Task RunAsync()
    {
        while (TryTake(out string name))
        {
            KvpRequest request = getData(name) is { } data
                ? KvpRequest.Set(KvpPool.External, name, data) : KvpRequest.Delete(KvpPool.External, name);
            KvpResponse response = await wire.TransactAsync(request, CancellationToken.None).ConfigureAwait(false);

            // A guest that is there and refuses an item gets the next one; what it cannot be reached for waits.
            if (response.Status is KvpResponse.Failed && !wire.IsOpen) PutBack(name);
        }
    }

    private bool TryTake(out string name)
    {
        lock (_lock)
        {
            if (wire.IsOpen && _queue.TryDequeue(out name!))
            {
                _queued.Remove(name);
                return true;
            }

            _isRunning = false;
            _idle?.SetResult();
            _idle = null;
            name = string.Empty;
            return false;
        }
    }

    private void PutBack(string name)
    {
        lock (_lock)
        {
            if (_queued.Add(name)) _queue.Enqueue(name);
        }
    }
}
