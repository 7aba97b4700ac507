using System.Diagnostics.CodeAnalysis;

namespace KvpRpc.Calls;

/// <summary>Runs one call of the peer on the thread pool, then the next: neither the link's thread nor the accept loop
/// ever runs a handler.</summary>
/// <remarks>It awaits the call for nobody but the pool, which takes back what the call's async methods used.</remarks>
[SuppressMessage(
    "Reliability", "CA2012:Use ValueTasks correctly",
    Justification = "Its result is taken once, when it is there: that is what this class is for.")]
internal sealed class CallRunner : IThreadPoolWorkItem
{
    private readonly Action _finish;
    private InboundCall? _call;
    private ValueTask _run;

    public CallRunner() => _finish = Finish;

    public void Execute()
    {
        _run = _call!.RunAsync();
        if (_run.IsCompleted)
            Finish();
        else
            _run.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(_finish);
    }

    internal void Start(InboundCall call)
    {
        _call = call;
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    private void Finish()
    {
        InboundCall call = _call!;
        ValueTask run = _run;
        _call = null;
        _run = default;
        run.GetAwaiter().GetResult();
        call.Server.Runners.Return(this);
    }
}
