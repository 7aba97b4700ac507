using System.Runtime.CompilerServices;

namespace KvpRpc.Interop.Tests;

/// <inheritdoc/>
internal sealed class DotNetPeer : IDotNetPeer
{
    private readonly TaskCompletionSource _waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<string> _noted = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Gets what completes when a wait has begun.</summary>
    internal Task Waiting => _waiting.Task;

    /// <summary>Gets what completes when a wait was stopped.</summary>
    internal Task Stopped => _stopped.Task;

    /// <summary>Gets whether the arguments of the last echo came compressed.</summary>
    internal bool WasCompressed { get; private set; }

    /// <summary>Gets the first text that was noted.</summary>
    internal Task<string> Noted => _noted.Task;

    public Task<string> EchoAsync(string text, CancellationToken cancellationToken)
    {
        WasCompressed = RpcContext.CurrentCall!.WasCompressed;
        return Task.FromResult(text);
    }

    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        TaskCompletionSource never = new();
        await using CancellationTokenRegistration registration = cancellationToken.Register(() =>
        {
            _stopped.TrySetResult();
            never.TrySetCanceled(cancellationToken);
        });
        _waiting.TrySetResult();
        await never.Task;
    }

    public Task NoteAsync(string text, CancellationToken cancellationToken)
    {
        _noted.TrySetResult(text);
        return Task.CompletedTask;
    }

    public async IAsyncEnumerable<int> CountAsync(
        int from, int count, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // A caller that gives up lets this end where it waits for room, or at its next item.
        bool isWhole = false;
        try
        {
            for (int number = from; number - from < count; number++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return number;
                await Task.Yield();
            }

            isWhole = true;
        }
        finally
        {
            if (!isWhole)
                _stopped.TrySetResult();
        }
    }

    public async Task<int> SumAsync(int start, IAsyncEnumerable<int> numbers, CancellationToken cancellationToken) =>
        start + await numbers.SumAsync(cancellationToken);

    public Task FailAsync(string message, CancellationToken cancellationToken) =>
        throw new RpcException(StatusCode.FailedPrecondition, message);
}
