namespace KvpRpc.Calls;

/// <summary>The result of a method that is a stream, through interceptors. Each enumeration is a call of its
/// own.</summary>
internal sealed class InterceptedStream<TItem>(
    Func<CancellationToken, CancellationToken, CancellationToken, InterceptedItems<TItem>> begin,
    Func<RpcClientContext, ValueTask<object?>> chain,
    CancellationToken methodToken) : IAsyncEnumerable<TItem>
{
    public IAsyncEnumerator<TItem> GetAsyncEnumerator(CancellationToken cancellationToken = default) =>
        EnumerateAsync(cancellationToken);

    private async IAsyncEnumerator<TItem> EnumerateAsync(CancellationToken enumerationToken)
    {
        methodToken.ThrowIfCancellationRequested();
        enumerationToken.ThrowIfCancellationRequested();
        using CancellationTokenSource? both = methodToken.CanBeCanceled && enumerationToken.CanBeCanceled
            ? CancellationTokenSource.CreateLinkedTokenSource(methodToken, enumerationToken)
            : null;
        CancellationToken token = both?.Token ?? (methodToken.CanBeCanceled ? methodToken : enumerationToken);
        InterceptedItems<TItem> call = begin(methodToken, enumerationToken, token);
        Task<object?> run = RunAsync(call);
        await Task.WhenAny(call.Items, run).ConfigureAwait(false);
        if (call.Items.IsCompleted)
        {
            IAsyncEnumerator<TItem> items = await call.Items.ConfigureAwait(false);
            Exception? failure = null;
            bool isLeft = true;
            try
            {
                do
                    yield return items.Current;
                while (await TryMoveNextAsync(items).ConfigureAwait(false));
                isLeft = false;
            }
            finally
            {
                call.Finish(failure, isLeft);
                if (isLeft)
                    await ((Task)run).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            async ValueTask<bool> TryMoveNextAsync(IAsyncEnumerator<TItem> source)
            {
                try
                {
                    return await source.MoveNextAsync().ConfigureAwait(false);
                }
                catch (Exception exception)
                {
                    failure = exception;
                    return false;
                }
            }
        }

        object? result = await run.ConfigureAwait(false);
        bool hasRun = call.HasRun || call.Items.IsCompleted;
        if (Interception.UnboxItems<TItem>(result, hasRun, call.Method) is not { } others)
            yield break;
        await foreach (TItem item in others.WithCancellation(token).ConfigureAwait(false))
            yield return item;
    }

    private async Task<object?> RunAsync(InterceptedItems<TItem> call) => await chain(call).ConfigureAwait(false);
}
