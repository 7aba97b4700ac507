using KvpRpc.Driver;
using KvpRpc.Links;
using KvpRpc.Protocol;
using KvpRpc.Protocol.Hellos;
using KvpRpc.Protocol.Links;
using KvpRpc.Sealing;
using KvpRpc.Transports;

namespace KvpRpc.Tests.Driver;

/// <summary>The loop sleeps until it is woken, so whoever wakes it must have something to show by then: a read that had
/// ended only just after the wake-up once stood still until the keepalive.</summary>
public sealed class LoopWakeTests
{
    [Fact]
    public async Task A_read_has_ended_by_the_time_it_wakes_the_loop()
    {
        using NoiseLinkCrypto crypto = new();
        using LinkEngine engine = new(new() { Role = PeerRole.Guest }, crypto, default);
        using LoopSignal signal = new(TimeProvider.System, wakesInline: true);
        HeldTransport transport = new();
        TableReader reader = new(transport, engine, new(TimeProvider.System), signal, new KvpLinkOptions(),
            new(PeerRole.Guest, new()));
        reader.TryStart(TestContext.Current.CancellationToken);
        Task<Instant> nextStart = NextStartAtWakeUpAsync();

        transport.Read!.SetResult();

        Assert.NotEqual(Instant.Never, await nextStart);

        async Task<Instant> NextStartAtWakeUpAsync()
        {
            await signal.WaitAsync();
            reader.TakeRead();
            return reader.NextStart;
        }
    }

    private sealed class HeldTransport : IKvpTransport
    {
        internal TaskCompletionSource? Read { get; set; }

        public KvpTransportLimits Limits { get; } = new();

        public bool CanWaitForChange => false;

        public IReadOnlyList<KvpTransportProblem> Problems => [];

        public ValueTask ReadPeerTableAsync(IKvpItemVisitor visitor, CancellationToken cancellationToken)
        {
            Read = new();
            return new(Read.Task);
        }

        public ValueTask ReadOwnTableAsync(IKvpItemVisitor visitor, CancellationToken cancellationToken) => default;

        public ValueTask WriteAsync(IReadOnlyList<KvpItemWrite> batch, CancellationToken cancellationToken) => default;

        public ValueTask WaitForChangeAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask DisposeAsync() => default;
    }
}
