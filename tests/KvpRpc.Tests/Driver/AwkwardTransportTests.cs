using KvpRpc.Driver;
using KvpRpc.Links;
using KvpRpc.Protocol.Hellos;
using KvpRpc.Protocol.Links;
using KvpRpc.Sealing;
using KvpRpc.Transports;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace KvpRpc.Tests.Driver;

/// <summary>Transports are written by others: whatever they throw, and however, the loop goes on and no change is
/// forgotten.</summary>
public sealed class AwkwardTransportTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly NoiseLinkCrypto _crypto = new();
    private readonly LinkEngine _engine;
    private readonly LoopSignal _signal;
    private readonly DriverClock _clock;
    private readonly ScriptedTransport _transport = new();
    private readonly LinkMetrics _metrics = new(PeerRole.Guest, new());
    private readonly TableReader _reader;
    private readonly TableWriter _writer;

    public AwkwardTransportTests()
    {
        _engine = new(new() { Role = PeerRole.Guest }, _crypto, default);
        _signal = new(_time);
        _clock = new(_time);
        _reader = new(_transport, _engine, _clock, _signal, new KvpLinkOptions { TimeProvider = _time }, _metrics);
        _writer = new(_transport, _engine, _clock, _signal, NullLogger.Instance, _metrics);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void A_read_that_throws_at_once_is_an_obstacle_and_not_the_end_of_the_loop()
    {
        _transport.Read = static _ => throw new IOException("no table");
        _reader.TryStart(Token);
        _reader.TakeRead();
        Assert.Equal("no table", _reader.Obstacle);
    }

    [Fact]
    public void A_read_that_gives_itself_up_has_failed()
    {
        _transport.Read = static _ => ValueTask.FromCanceled(new(canceled: true));
        _reader.TryStart(Token);
        _reader.TakeRead();
        Assert.NotNull(_reader.Obstacle);
    }

    [Fact]
    public void After_a_read_that_failed_the_table_is_read_again_soon_although_changes_are_told()
    {
        _transport.Wait = static () => new(new TaskCompletionSource().Task);
        _transport.Read = static _ => ValueTask.FromException(new KvpTransportException("no table"));
        _reader.TryStart(Token);
        _reader.TakeRead();
        Assert.True(_reader.NextStart <= _clock.Now + TimeSpan.FromMilliseconds(100));
    }

    [Fact]
    public void Where_the_watch_throws_or_gives_itself_up_the_table_is_polled()
    {
        foreach (Exception exception in new Exception[] { new IOException(), new OperationCanceledException() })
        {
            foreach (bool atOnce in new[] { true, false })
            {
                TableReader reader = new(_transport, _engine, _clock, _signal, new KvpLinkOptions(), _metrics);
                _transport.Wait = () => atOnce ? throw exception : ValueTask.FromException(exception);
                reader.TryStart(Token);
                reader.TakeRead();
                reader.TryStart(Token);
                Assert.True(reader.NextStart <= _clock.Now + TimeSpan.FromSeconds(1));
            }
        }
    }

    [Fact]
    public void A_watch_that_always_tells_of_a_change_does_not_keep_the_loop_busy()
    {
        int reads = 0;
        _transport.Wait = static () => default;
        _transport.Read = _ =>
        {
            reads++;
            return default;
        };
        for (int i = 0; i < 10; i++)
        {
            _reader.TryStart(Token);
            _reader.TakeRead();
        }

        Assert.Equal(1, reads);
    }

    [Fact]
    public void An_audit_that_throws_at_once_or_gives_itself_up_is_made_again()
    {
        Func<IKvpItemVisitor, ValueTask>[] failures =
        [
            static _ => throw new IOException("no table"),
            static _ => ValueTask.FromCanceled(new(canceled: true)),
        ];
        int written = 0;
        _transport.Write = batch =>
        {
            written += batch.Count;
            return default;
        };
        foreach (Func<IKvpItemVisitor, ValueTask> failure in failures)
        {
            _transport.ReadOwn = failure;
            _writer.TryStart(Token);
            _writer.TakeOutcomes();
            _time.Advance(TimeSpan.FromSeconds(1));
            Assert.NotNull(_writer.Obstacle);
        }

        // The own table is still unknown: nothing may be written before it was read.
        Assert.False(_writer.TryStart(Token));
        Assert.Equal(0, written);
    }

    [Fact]
    public void What_a_write_that_broke_has_left_is_in_doubt()
    {
        foreach (bool atOnce in new[] { true, false })
        {
            OwnItem item = WriteThatThrows(new IOException("broken off"), atOnce);
            Assert.True(item.DoubtUntil > _clock.Now);
        }
    }

    [Fact]
    public void What_a_transport_says_was_not_written_is_not_in_doubt()
    {
        OwnItem item = WriteThatThrows(new KvpTransportException("refused"), atOnce: true);
        Assert.False(item.DoubtUntil > _clock.Now);
    }

    public async ValueTask DisposeAsync()
    {
        await _transport.DisposeAsync();
        _signal.Dispose();
        _engine.Dispose();
        _crypto.Dispose();
    }

    private OwnItem WriteThatThrows(Exception exception, bool atOnce)
    {
        using LinkEngine engine = new(new() { Role = PeerRole.Guest }, _crypto, default);
        TableWriter writer = new(_transport, engine, _clock, _signal, NullLogger.Instance, _metrics);
        writer.TryStart(Token);
        writer.TakeOutcomes();
        _transport.Write = _ => atOnce ? throw exception : ValueTask.FromException(exception);
        Assert.True(writer.TryStart(Token));
        writer.TakeOutcomes();
        Assert.NotNull(writer.Obstacle);
        _time.Advance(TimeSpan.FromSeconds(1));
        List<OwnItem> again = [];
        engine.CollectWrites(again, 1, _clock.Now);
        return Assert.Single(again);
    }
}
