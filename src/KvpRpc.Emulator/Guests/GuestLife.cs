using KvpRpc.Transports;

namespace KvpRpc.Emulator.Guests;

/// <summary>Lets the programs of an in-memory guest run while the guest does.</summary>
/// <remarks>What a program does in a paused guest happens when it goes on. A program does not outlive the power: what
/// belongs to an earlier boot fails for good.</remarks>
internal sealed class GuestLife
{
    private readonly Lock _lock = new();
    private readonly List<WakeUp> _watchers = [];
    private TaskCompletionSource? _frozen;
    private long _boot;
    private bool _isUp;

    /// <summary>Gets whether the guest's memory is alive, be it paused or not.</summary>
    internal bool IsUp
    {
        get
        {
            lock (_lock) return _isUp;
        }
    }

    /// <summary>Gets the number of the boot, for <see cref="EnterAsync"/>.</summary>
    /// <exception cref="KvpTransportException">The guest is off.</exception>
    internal long GetBoot()
    {
        lock (_lock) return _isUp ? _boot : throw Gone();
    }

    /// <summary>Waits until a program of this boot may run.</summary>
    /// <exception cref="KvpTransportException">The boot is over.</exception>
    internal ValueTask EnterAsync(long boot, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (!_isUp || boot != _boot) throw Gone();
            return _frozen is null ? ValueTask.CompletedTask : WaitAsync(_frozen.Task, boot, cancellationToken);
        }
    }

    internal void Boot()
    {
        lock (_lock)
        {
            _isUp = true;
            _boot++;
        }
    }

    internal void Halt()
    {
        lock (_lock)
        {
            _isUp = false;
            foreach (WakeUp watcher in _watchers) watcher.Set();
        }

        Thaw();
    }

    internal void Freeze()
    {
        lock (_lock) _frozen ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    internal void Thaw()
    {
        TaskCompletionSource? frozen;
        lock (_lock)
        {
            frozen = _frozen;
            _frozen = null;
        }

        frozen?.SetResult();
    }

    /// <summary>Has <paramref name="watcher"/> woken when the guest loses its power.</summary>
    internal void Watch(WakeUp watcher)
    {
        lock (_lock) _watchers.Add(watcher);
    }

    internal void Unwatch(WakeUp watcher)
    {
        lock (_lock) _watchers.Remove(watcher);
    }

    private async ValueTask WaitAsync(Task frozen, long boot, CancellationToken cancellationToken)
    {
        await frozen.WaitAsync(cancellationToken).ConfigureAwait(false);
        await EnterAsync(boot, cancellationToken).ConfigureAwait(false);
    }

    private static KvpTransportException Gone() =>
        new(KvpTransportError.Unavailable, "The virtual machine is off, or was since this transport was opened.");
}
