using KvpRpc.Links;

namespace KvpRpc.Driver;

/// <summary>Those who wait for a link to open.</summary>
/// <remarks>They go on at the same time, each on a thread of the pool, and it is known when they have: until they wait
/// for something else, or end. What they have asked of the link by then can go out with its first packet.</remarks>
internal sealed class LinkWaiters(Action handleAdmitted)
{
    private readonly Action _handleAdmitted = handleAdmitted;
    private readonly Lock _gate = new();
    private readonly HashSet<Waiter> _waiting = [];
    private KvpLink? _link;
    private Exception? _closed;
    private int _goingOn;

    /// <summary>Gets whether some of those who waited for the link have not gone on yet.</summary>
    internal bool IsAdmitting => Volatile.Read(ref _goingOn) > 0;

    internal ValueTask<KvpLink> GetAsync(CancellationToken cancellationToken)
    {
        Waiter waiter;
        lock (_gate)
        {
            if (_closed is not null)
                return ValueTask.FromException<KvpLink>(_closed);
            if (_link is not null)
                return new(_link);
            waiter = new(this);
            _waiting.Add(waiter);
        }

        return WaitAsync(waiter, cancellationToken);
    }

    /// <summary>Lets all go on with a link; says whether there were any.</summary>
    internal bool Open(KvpLink link) => Release(link, closed: null);

    /// <summary>Lets those who come from now on wait for the next link.</summary>
    internal void Reset()
    {
        lock (_gate)
            _link = null;
    }

    internal void Close(Exception closed) => Release(link: null, closed);

    private static async ValueTask<KvpLink> WaitAsync(Waiter waiter, CancellationToken cancellationToken)
    {
        CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(
            static (state, token) => ((Waiter)state!).Cancel(token), waiter);
        try
        {
            return await waiter.Task.ConfigureAwait(false);
        }
        finally
        {
            registration.Unregister();
        }
    }

    private bool Release(KvpLink? link, Exception? closed)
    {
        lock (_gate)
        {
            (_link, _closed) = (link, closed);
            bool isAwaited = _waiting.Count > 0;
            foreach (Waiter waiter in _waiting)
                waiter.GoOn(link, closed, CancellationToken.None);
            _waiting.Clear();
            return isAwaited;
        }
    }

    /// <summary>One who waits. It goes on within the work item, whose end so says that it has.</summary>
    private sealed class Waiter(LinkWaiters waiters) : TaskCompletionSource<KvpLink>, IThreadPoolWorkItem
    {
        private KvpLink? _link;
        private Exception? _closed;
        private CancellationToken _cancelled;

        internal void Cancel(CancellationToken token)
        {
            lock (waiters._gate)
            {
                if (waiters._waiting.Remove(this))
                    GoOn(link: null, closed: null, token);
            }
        }

        internal void GoOn(KvpLink? link, Exception? closed, CancellationToken cancelled)
        {
            (_link, _closed, _cancelled) = (link, closed, cancelled);
            Interlocked.Increment(ref waiters._goingOn);
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }

        public void Execute()
        {
            if (_link is not null)
                SetResult(_link);
            else if (_closed is not null)
                SetException(_closed);
            else
                SetCanceled(_cancelled);
            if (Interlocked.Decrement(ref waiters._goingOn) == 0)
                waiters._handleAdmitted();
        }
    }
}
