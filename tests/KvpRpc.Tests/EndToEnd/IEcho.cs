namespace KvpRpc.Tests.EndToEnd;

[KvpService]
public interface IEcho
{
    Task<string> EchoAsync(string text, CancellationToken cancellationToken);

    Task<byte[]> EchoBytesAsync(byte[] bytes, CancellationToken cancellationToken);

    Task WaitAsync(CancellationToken cancellationToken);

    Task FailAsync(string message);

    /// <summary>Says what the callee knows of the caller.</summary>
    Task<string> WhoAmIAsync(CancellationToken cancellationToken);
}

internal sealed class Echo : IEcho
{
    private readonly TaskCompletionSource _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _begun;

    /// <summary>Gets how many calls have begun.</summary>
    internal int Begun => Volatile.Read(ref _begun);

    /// <summary>Completes when a wait was cancelled.</summary>
    internal Task Cancelled => _cancelled.Task;

    public Task<string> EchoAsync(string text, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _begun);
        return Task.FromResult(text);
    }

    public Task<byte[]> EchoBytesAsync(byte[] bytes, CancellationToken cancellationToken) => Task.FromResult(bytes);

    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _begun);
        TaskCompletionSource never = new();
        await using CancellationTokenRegistration registration = cancellationToken.Register(() =>
        {
            _cancelled.TrySetResult();
            never.TrySetCanceled(cancellationToken);
        });
        await never.Task;
    }

    public Task<string> WhoAmIAsync(CancellationToken cancellationToken)
    {
        RpcPeerIdentity peer = RpcContext.Current!.Peer;
        return Task.FromResult($"{peer.Side} {peer.VirtualMachineId} {peer.VirtualMachineName}");
    }

    public Task FailAsync(string message) => throw new RpcException(StatusCode.FailedPrecondition, message);
}
