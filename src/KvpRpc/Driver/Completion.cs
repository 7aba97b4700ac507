using System.Threading.Tasks.Sources;

namespace KvpRpc.Driver;

/// <summary>One outcome that one caller awaits, again and again without a new object.</summary>
/// <typeparam name="T">The outcome.</typeparam>
/// <remarks>Continuations run on the thread pool, never on the driver's loop.</remarks>
internal sealed class Completion<T> : IValueTaskSource<T>, IValueTaskSource
{
    private ManualResetValueTaskSourceCore<T> _core = new() { RunContinuationsAsynchronously = true };

    /// <summary>Gets whether an await is under way that has not been completed.</summary>
    internal bool IsPending { get; private set; }

    internal ValueTask<T> Begin()
    {
        _core.Reset();
        IsPending = true;
        return new(this, _core.Version);
    }

    internal ValueTask BeginVoid()
    {
        _core.Reset();
        IsPending = true;
        return new(this, _core.Version);
    }

    internal void Complete(T result)
    {
        IsPending = false;
        _core.SetResult(result);
    }

    internal void Fail(Exception exception)
    {
        IsPending = false;
        _core.SetException(exception);
    }

    T IValueTaskSource<T>.GetResult(short token) => _core.GetResult(token);

    void IValueTaskSource.GetResult(short token) => _core.GetResult(token);

    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    public void OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
