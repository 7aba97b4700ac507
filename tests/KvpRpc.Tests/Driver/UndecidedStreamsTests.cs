using KvpRpc.Driver;
using KvpRpc.Links;
using KvpRpc.Protocol;
using KvpRpc.Protocol.Hellos;
using KvpRpc.Protocol.Links;
using KvpRpc.Protocol.Streams;

namespace KvpRpc.Tests.Driver;

/// <summary>The streams of a lost link wait a bounded time for the peer's word on what it had accepted (rule
/// n).</summary>
public sealed class UndecidedStreamsTests : IAsyncDisposable
{
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(10);

    private readonly ScriptedTransport _transport = new();
    private readonly LinkDriver _driver;
    private readonly DriverLink _link;
    private readonly StreamSet _set = new(
        new() { Role = PeerRole.Host }, new HelloLimits(1 << 20, 1 << 16, 16), new Queue<LinkEvent>());

    private readonly UndecidedStreams _undecided = new(Within);

    public UndecidedStreamsTests()
    {
        _driver = new(_transport, PeerRole.Guest, new());
        _link = new(_driver, id: 1, 1024, maxStreams: 16);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_the_peer_says_it_had_not_accepted_certainly_did_not_run()
    {
        DriverStream accepted = NewOpenedIn(5);
        DriverStream missed = NewOpenedIn(6);
        EndLink(acked: 4);
        _undecided.Settle(_set, accepted: 5);
        Assert.False(await IsCertainlyNotDelivered(accepted));
        Assert.True(await IsCertainlyNotDelivered(missed));
    }

    [Fact]
    public async Task What_nobody_tells_of_stays_unknown_after_the_bound_and_not_before()
    {
        DriverStream stream = NewOpenedIn(1);
        EndLink(acked: 0);
        Assert.Equal(new(Within), _undecided.NextTimeout);
        _undecided.HandleTimeout(new(Within - TimeSpan.FromTicks(1)));
        Assert.False(stream.HasFailed);
        _undecided.HandleTimeout(new(Within));
        Assert.False(await IsCertainlyNotDelivered(stream));
        Assert.Equal(Instant.Never, _undecided.NextTimeout);
    }

    [Fact]
    public async Task What_the_peer_has_acknowledged_is_not_held()
    {
        DriverStream stream = NewOpenedIn(4);
        EndLink(acked: 4);
        Assert.False(await IsCertainlyNotDelivered(stream));
    }

    [Fact]
    public async Task What_was_never_issued_certainly_did_not_run_and_is_not_held()
    {
        DriverStream stream = New();
        EndLink(acked: 0);
        Assert.True(await IsCertainlyNotDelivered(stream));
    }

    [Fact]
    public async Task A_stream_that_the_peer_opened_is_not_held()
    {
        DriverStream stream = New();
        stream.Engine = new(_set, "stream", 0, isOwn: false) { Id = 1 };
        EndLink(acked: 0);
        Assert.False(await IsCertainlyNotDelivered(stream));
    }

    [Fact]
    public void The_word_on_another_link_decides_nothing()
    {
        DriverStream stream = NewOpenedIn(1);
        EndLink(acked: 0);
        _undecided.Settle(new(new() { Role = PeerRole.Host }, new HelloLimits(1024, 1024, 1), new()), accepted: 0);
        Assert.False(stream.HasFailed);
        _undecided.Remove(stream);
        _undecided.EndAll();
        Assert.False(stream.HasFailed);
        stream.Fail(new());
    }

    [Fact]
    public async Task A_side_that_does_not_want_to_wait_does_not()
    {
        DriverStream stream = NewOpenedIn(1);
        UndecidedStreams none = new(TimeSpan.Zero);
        _link.End(new(KvpLinkError.LinkLost, "lost"), held => none.TryHold(held, acked: 0, default));
        Assert.False(await IsCertainlyNotDelivered(stream));
    }

    public async ValueTask DisposeAsync()
    {
        await _driver.DisposeAsync();
        await _transport.DisposeAsync();
    }

    private DriverStream New()
    {
        DriverStream stream = (DriverStream)_link.OpenStream("stream", KvpStreamPriority.Normal);
        _link.Streams.Add(stream);
        return stream;
    }

    private DriverStream NewOpenedIn(ulong packet)
    {
        DriverStream stream = New();
        stream.Engine = new(_set, "stream", 0, isOwn: true) { Id = 0, OpenedIn = packet };
        return stream;
    }

    private void EndLink(ulong acked) =>
        _link.End(new(KvpLinkError.LinkLost, "lost"), stream => _undecided.TryHold(stream, acked, default));

    private static async Task<bool> IsCertainlyNotDelivered(DriverStream stream)
    {
        Assert.True(stream.HasFailed);
        KvpLinkException error = await Assert.ThrowsAsync<KvpLinkException>(
            async () => await stream.ReceiveAsync(Token));
        return error.CertainlyNotDelivered;
    }
}
