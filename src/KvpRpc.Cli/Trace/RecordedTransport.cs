using KvpRpc.Transports;

namespace KvpRpc.Cli.Trace;

/// <summary>A host's transport whose traffic is recorded: what it writes when it writes it, and what its reads show of
/// the guest's table.</summary>
internal sealed class RecordedTransport(IKvpTransport inner, RecordingFile file, TimeProvider time) : IKvpTransport
{
    private readonly TableSnapshot _guest = new(TraceEntry.Guest);

    public KvpTransportLimits Limits => inner.Limits;

    public bool CanWaitForChange => inner.CanWaitForChange;

    public IReadOnlyList<KvpTransportProblem> Problems => inner.Problems;

    public long Timeline => inner.Timeline;

    public async ValueTask ReadPeerTableAsync(IKvpItemVisitor visitor, CancellationToken cancellationToken)
    {
        await inner.ReadPeerTableAsync(new Tee(visitor, _guest), cancellationToken);
        foreach (TraceEntry change in _guest.EndRead(time.GetUtcNow()))
            file.Write(change);
    }

    public ValueTask ReadOwnTableAsync(IKvpItemVisitor visitor, CancellationToken cancellationToken) =>
        inner.ReadOwnTableAsync(visitor, cancellationToken);

    // Recorded before the write, since the guest may answer before it returns.
    public ValueTask WriteAsync(IReadOnlyList<KvpItemWrite> batch, CancellationToken cancellationToken)
    {
        foreach (KvpItemWrite write in batch)
        {
            string? text = write.IsDelete ? null : write.Value.ToString();
            file.Write(new(time.GetUtcNow(), TraceEntry.Host, write.Key, text));
        }

        return inner.WriteAsync(batch, cancellationToken);
    }

    public ValueTask WaitForChangeAsync(CancellationToken cancellationToken) =>
        inner.WaitForChangeAsync(cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private sealed class Tee(IKvpItemVisitor first, IKvpItemVisitor second) : IKvpItemVisitor
    {
        public void Visit(ReadOnlySpan<char> key, ReadOnlySpan<char> value)
        {
            first.Visit(key, value);
            second.Visit(key, value);
        }
    }
}
