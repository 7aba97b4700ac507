using KvpRpc.Generated;

namespace KvpRpc.Calls;

/// <summary>A call whose result is a stream, that runs through interceptors.</summary>
/// <remarks>The interceptors run while the items are taken: an attempt that has brought its first item hands its
/// enumerator over to whoever enumerates the result, and waits until that is done with it.</remarks>
internal sealed class InterceptedItems<TItem> : InterceptedCall
{
    private readonly Func<ClientInvoker, CancellationToken, IAsyncEnumerable<TItem>> _invoke;
    private readonly CancellationToken _methodToken;
    private readonly CancellationToken _enumerationToken;
    private readonly CancellationToken _bothTokens;
    private readonly Handover _handover = new();

    internal InterceptedItems(
        CallClient client,
        CallSettings settings,
        RpcMethod method,
        Func<ClientInvoker, CancellationToken, IAsyncEnumerable<TItem>> invoke,
        CancellationToken methodToken,
        CancellationToken enumerationToken,
        CancellationToken bothTokens)
        : base(client, settings, method)
    {
        _invoke = invoke;
        _methodToken = methodToken;
        _enumerationToken = enumerationToken;
        _bothTokens = bothTokens;
        CancellationToken = bothTokens;
    }

    public override bool IsCommitted => _handover.IsTaken;

    /// <summary>Gets whether an attempt has come to an end that was not an error.</summary>
    internal bool HasRun => _handover.HasRun;

    /// <summary>Gets what gives the enumerator of the attempt that brought an item, at its first.</summary>
    internal Task<IAsyncEnumerator<TItem>> Items => _handover.Items.Task;

    /// <summary>Whoever enumerates is done with the items: at their end, with an error, or early.</summary>
    internal void Finish(Exception? failure, bool isLeft)
    {
        if (failure is not null)
            _handover.Done.TrySetException(failure);
        else if (isLeft)
            _handover.Done.TrySetCanceled();
        else
            _handover.Done.TrySetResult();
    }

    internal override async ValueTask<object?> RunAsync()
    {
        if (IsCommitted)
            throw new InvalidOperationException($"Items of {Method} have been taken: it cannot be made again.");
        bool isOwn = CancellationToken == _bothTokens;
        IAsyncEnumerator<TItem> items = _invoke(BeginAttempt(), isOwn ? _methodToken : CancellationToken)
            .GetAsyncEnumerator(_enumerationToken);
        try
        {
            if (await items.MoveNextAsync().ConfigureAwait(false))
            {
                if (!_handover.TryTake())
                    throw new OperationCanceledException("Another attempt has brought the result.");
                _handover.Items.SetResult(items);
                await _handover.Done.Task.ConfigureAwait(false);
            }
        }
        finally
        {
            await items.DisposeAsync().ConfigureAwait(false);
        }

        _handover.HasRun = true;
        HandleSuccess();
        return null;
    }

    /// <summary>What all forks of the call have together.</summary>
    private sealed class Handover
    {
        private int _isTaken;

        internal volatile bool HasRun;

        internal TaskCompletionSource<IAsyncEnumerator<TItem>> Items { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal bool IsTaken => Volatile.Read(ref _isTaken) != 0;

        internal bool TryTake() => Interlocked.Exchange(ref _isTaken, 1) == 0;
    }
}
