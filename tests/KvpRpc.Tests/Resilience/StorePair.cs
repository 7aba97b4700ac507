using KvpRpc.Links;
using KvpRpc.Tests.Calls;

namespace KvpRpc.Tests.Resilience;

/// <summary>Two peers over links in memory that a test loses and opens, on a clock that only the test moves.</summary>
internal sealed class StorePair : IAsyncDisposable
{
    // Virtual time may run far ahead of what threads do: nothing must end by it but what a test is about.
    private static readonly RpcPeerOptions KeepsLong = new() { Dedupe = new() { KeepFor = TimeSpan.FromDays(1) } };

    private readonly RpcPeer _caller;
    private readonly RpcPeerOptions _calleeOptions;
    private RpcPeer _callee;

    internal StorePair(RpcPeerOptions? caller = null, RpcPeerOptions? callee = null, bool isOpen = true)
    {
        _caller = new RpcPeer(CallerSource, (caller ?? new()) with { TimeProvider = Time, Logger = CallerLog });
        _calleeOptions = (callee ?? KeepsLong) with { TimeProvider = Time };
        _callee = NewCallee();
        if (isOpen)
            Open();
        Client = _caller.CreateClient<IStore>(new() { Deadline = Timeout.InfiniteTimeSpan });
    }

    internal WatchedTimeProvider Time { get; } = new();

    internal ListLogger CallerLog { get; } = new();

    internal MemoryLinkSource CallerSource { get; } = new();

    internal MemoryLinkSource CalleeSource { get; private set; } = new();

    internal MemoryLinkPair Links { get; private set; } = new();

    internal Store Store { get; } = new();

    internal IStore Client { get; }

    internal IStore CreateClient(RpcClientOptions options) => _caller.CreateClient<IStore>(options);

    /// <summary>Opens the next link.</summary>
    internal void Open(MemoryLinkPair? links = null)
    {
        Links = links ?? new();
        CallerSource.Open(Links.Left);
        CalleeSource.Open(Links.Right);
    }

    /// <summary>Loses the link with what is on its way.</summary>
    internal void Lose(KvpLinkError error = KvpLinkError.LinkLost)
    {
        CallerSource.Close();
        CalleeSource.Close();
        Links.Kill(error);
    }

    /// <summary>The callee begins a new life.</summary>
    internal async Task RestartCalleeAsync()
    {
        await _callee.DisposeAsync();
        CalleeSource = new();
        _callee = NewCallee();
    }

    /// <summary>Lets time pass until a task has ended.</summary>
    internal async Task PassUntilEndOf(Task task, TimeSpan? step = null)
    {
        await Wait.Until(() =>
        {
            if (!task.IsCompleted)
                Time.Advance(step ?? TimeSpan.FromMilliseconds(100));
            return task.IsCompleted;
        });
    }

    internal async Task<T> ResultOf<T>(Task<T> task)
    {
        await PassUntilEndOf(task);
        return await task;
    }

    internal async Task<RpcException> ErrorOf(Task task)
    {
        await PassUntilEndOf(task);
        return await Wait.ForError(task);
    }

    public async ValueTask DisposeAsync()
    {
        await _caller.DisposeAsync();
        await _callee.DisposeAsync();
    }

    private RpcPeer NewCallee()
    {
        RpcPeer callee = new(CalleeSource, _calleeOptions);
        callee.AddService<IStore>(Store, RpcAccess.Anyone);
        callee.Start();
        return callee;
    }
}
