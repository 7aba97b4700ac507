using System.Text;
using KvpRpc.Transports;

namespace KvpRpc.Cli.Demo.Guests;

/// <summary>A transport whose traffic is counted.</summary>
internal sealed class MeteredTransport(IKvpTransport inner, TrafficMeter meter) : IKvpTransport
{
    public KvpTransportLimits Limits => inner.Limits;

    public bool CanWaitForChange => inner.CanWaitForChange;

    public IReadOnlyList<KvpTransportProblem> Problems => inner.Problems;

    public long Timeline => inner.Timeline;

    public ValueTask ReadPeerTableAsync(IKvpItemVisitor visitor, CancellationToken cancellationToken)
    {
        meter.CountRead();
        return inner.ReadPeerTableAsync(visitor, cancellationToken);
    }

    public ValueTask ReadOwnTableAsync(IKvpItemVisitor visitor, CancellationToken cancellationToken) =>
        inner.ReadOwnTableAsync(visitor, cancellationToken);

    public ValueTask WriteAsync(IReadOnlyList<KvpItemWrite> batch, CancellationToken cancellationToken)
    {
        int bytes = 0;
        foreach (KvpItemWrite write in batch)
            bytes += Encoding.UTF8.GetByteCount(write.Key) + Encoding.UTF8.GetByteCount(write.Value.Span);
        meter.CountWrite(batch.Count, bytes);
        return inner.WriteAsync(batch, cancellationToken);
    }

    public ValueTask WaitForChangeAsync(CancellationToken cancellationToken) =>
        inner.WaitForChangeAsync(cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
