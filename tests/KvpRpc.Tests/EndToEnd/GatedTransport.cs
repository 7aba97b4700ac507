using System.Threading.Channels;
using KvpRpc.Transports;

namespace KvpRpc.Tests.EndToEnd;

/// <summary>A transport whose writes a test holds back or swallows, and whose reads it can wait for.</summary>
internal sealed class GatedTransport(IKvpTransport inner) : IKvpTransport
{
    private readonly Channel<bool> _reads = Channel.CreateUnbounded<bool>();
    private volatile TaskCompletionSource? _gate;
    private volatile TaskCompletionSource? _swallowed;
    private volatile int _landed;

    /// <summary>Gets or sets what the transport says of the VM's timeline beside what the inner one says.</summary>
    internal long TimelineOffset { get; set; }

    /// <summary>Gets or sets what sees each batch before it is written.</summary>
    internal Action<IReadOnlyList<KvpItemWrite>>? BeforeWrite { get; set; }

    /// <summary>Gets how many batches the inner transport has written.</summary>
    internal int Landed => _landed;

    public KvpTransportLimits Limits => inner.Limits;

    public bool CanWaitForChange => inner.CanWaitForChange;

    public IReadOnlyList<KvpTransportProblem> Problems => inner.Problems;

    public long Timeline => inner.Timeline + TimelineOffset;

    /// <summary>Holds all writes until <see cref="LetGo"/>.</summary>
    internal void Hold() => _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal void LetGo()
    {
        TaskCompletionSource? gate = _gate;
        _gate = null;
        gate?.SetResult();
    }

    /// <summary>Lets the next batch be lost although it is said to have landed; completes when it was.</summary>
    internal Task SwallowNextWrite()
    {
        TaskCompletionSource swallowed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _swallowed = swallowed;
        return swallowed.Task;
    }

    /// <summary>Waits for the next read to end.</summary>
    internal async Task NextReadAsync(CancellationToken cancellationToken)
    {
        while (_reads.Reader.TryRead(out _))
        {
        }

        await _reads.Reader.ReadAsync(cancellationToken);
    }

    public async ValueTask ReadPeerTableAsync(IKvpItemVisitor visitor, CancellationToken cancellationToken)
    {
        await inner.ReadPeerTableAsync(visitor, cancellationToken);
        _reads.Writer.TryWrite(true);
    }

    public ValueTask ReadOwnTableAsync(IKvpItemVisitor visitor, CancellationToken cancellationToken) =>
        inner.ReadOwnTableAsync(visitor, cancellationToken);

    public async ValueTask WriteAsync(IReadOnlyList<KvpItemWrite> batch, CancellationToken cancellationToken)
    {
        BeforeWrite?.Invoke(batch);
        if (_gate is { } gate)
            await gate.Task.WaitAsync(cancellationToken);
        if (_swallowed is not { } swallowed)
        {
            await inner.WriteAsync(batch, cancellationToken);
            Interlocked.Increment(ref _landed);
            return;
        }

        _swallowed = null;
        foreach (KvpItemWrite write in batch)
            write.Outcome = KvpWriteOutcome.Landed;
        swallowed.SetResult();
    }

    public ValueTask WaitForChangeAsync(CancellationToken cancellationToken) =>
        inner.WaitForChangeAsync(cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
