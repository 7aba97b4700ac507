namespace KvpRpc.Tests.EndToEnd;

[KvpService]
public interface IEcho
{
    Task<string> EchoAsync(string text, CancellationToken cancellationToken);

    Task<byte[]> EchoBytesAsync(byte[] bytes, CancellationToken cancellationToken);

    Task WaitAsync(CancellationToken cancellationToken);

    Task FailAsync(string message);
}

internal sealed class Echo : IEcho
{
    private readonly TaskCompletionSource _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when a wait was cancelled.</summary>
    internal Task Cancelled => _cancelled.Task;

    public Task<string> EchoAsync(string text, CancellationToken cancellationToken) => Task.FromResult(text);

    public Task<byte[]> EchoBytesAsync(byte[] bytes, CancellationToken cancellationToken) => Task.FromResult(bytes);

    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        TaskCompletionSource never = new();
        await using CancellationTokenRegistration registration = cancellationToken.Register(() =>
        {
            _cancelled.TrySetResult();
            never.TrySetCanceled(cancellationToken);
        });
        await never.Task;
    }

    public Task FailAsync(string message) => throw new RpcException(StatusCode.FailedPrecondition, message);
}
