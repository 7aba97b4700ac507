using KvpRpc.Transports;

namespace KvpRpc.Tests.Driver;

/// <summary>A transport whose operations do what a test says; without a word they succeed and show nothing.</summary>
internal sealed class ScriptedTransport : IKvpTransport
{
    internal Func<IKvpItemVisitor, ValueTask> Read { get; set; } = static _ => default;

    internal Func<IKvpItemVisitor, ValueTask> ReadOwn { get; set; } = static _ => default;

    internal Func<IReadOnlyList<KvpItemWrite>, ValueTask> Write { get; set; } = static batch =>
    {
        foreach (KvpItemWrite item in batch)
            item.Outcome = KvpWriteOutcome.Landed;
        return default;
    };

    internal Func<ValueTask>? Wait { get; set; }

    /// <summary>Gets whether a channel has begun to use it.</summary>
    internal bool IsInUse { get; private set; }

    internal bool ThrowsOnDispose { get; set; }

    internal TaskCompletionSource Disposed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public KvpTransportLimits Limits
    {
        get
        {
            IsInUse = true;
            return field;
        }
        init;
    } = new();

    public bool CanWaitForChange => Wait is not null;

    public IReadOnlyList<KvpTransportProblem> Problems => [];

    public long Timeline { get; set; }

    public ValueTask ReadPeerTableAsync(IKvpItemVisitor visitor, CancellationToken cancellationToken) => Read(visitor);

    public ValueTask ReadOwnTableAsync(IKvpItemVisitor visitor, CancellationToken cancellationToken) =>
        ReadOwn(visitor);

    public ValueTask WriteAsync(IReadOnlyList<KvpItemWrite> batch, CancellationToken cancellationToken) =>
        Write(batch);

    public ValueTask WaitForChangeAsync(CancellationToken cancellationToken) => Wait!();

    public ValueTask DisposeAsync()
    {
        Disposed.TrySetResult();
        return ThrowsOnDispose ? throw new IOException("The tables are gone.") : default;
    }
}
