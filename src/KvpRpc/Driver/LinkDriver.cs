using System.Collections.Concurrent;
using KvpRpc.Links;
using KvpRpc.Protocol;
using KvpRpc.Protocol.Hellos;
using KvpRpc.Protocol.Links;
using KvpRpc.Sealing;
using KvpRpc.Transports;

namespace KvpRpc.Driver;

/// <summary>The one loop that joins engine, transport and clock for one side of a channel. Nobody else touches the
/// engine, so there is no lock around it: other threads post commands.</summary>
internal sealed class LinkDriver : IKvpLinkSource, IAsyncDisposable
{
    private static readonly TimeSpan CloseWithin = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(5);

    // How long the first packet of a link waits for the calls that have waited for the link. They are there at once,
    // unless the application holds up the threads of the pool.
    private static readonly TimeSpan AdmitWithin = TimeSpan.FromMilliseconds(100);

    private readonly KvpLinkOptions _options;
    private readonly bool _isGuest;
    private readonly LinkEngine _engine;
    private readonly NoiseLinkCrypto _crypto;
    private readonly TableReader _reader;
    private readonly TableWriter _writer;
    private readonly TimelineWatch _timeline;
    private readonly UndecidedStreams _undecided;
    private readonly LinkWaiters _waiters;
    private readonly LinkMetrics _metrics;
    private readonly ConcurrentQueue<DriverCommand> _commands = new();
    private readonly LoopSignal _signal;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;
    private DriverLink? _link;
    private string? _obstacle;
    private Instant _closeBy = Instant.Never;
    private bool _isAdmitting;
    private Instant _admitBy;
    private KvpLinkException? _closed;
    private int _disposed;

    internal LinkDriver(IKvpTransport transport, PeerRole role, KvpLinkOptions options)
    {
        options.Validate();
        LimitsCheck.Check(transport.Limits, KvpChannel.KeyPrefix(options.Channel));
        options = options with { Logger = new GuardedLogger(options.Logger) };
        _options = options;
        _isGuest = role == PeerRole.Guest;
        _crypto = new(options.PreSharedKey.Span);
        LinkOptions link = new()
        {
            Role = role,
            Channel = options.Channel,
            VmId = options.VirtualMachineId,
            MaxValueUnits = Math.Min(transport.Limits.MaxValueUnits, 1023),
            MaxValueUtf8Bytes = transport.Limits.MaxValueUtf8Bytes,
            MaxSlots = options.MaxSlots,
            MaxMessageBytes = options.MaxMessageBytes,
            MaxStreams = options.MaxStreams,
            KeepaliveAfter = options.KeepaliveAfter,
            LostAfter = options.LostAfter,
            UsesPreSharedKey = !options.PreSharedKey.IsEmpty,
            Implementation = $"KvpRpc/{typeof(LinkDriver).Assembly.GetName().Version?.ToString(3)}",
        };
        DriverClock clock = new(options.TimeProvider);
        Clock = clock;
        _engine = new(link, _crypto, clock.Now);
        _signal = new(options.TimeProvider);
        _timeline = new(options.TimeProvider, transport);
        _undecided = new(options.SettleWithin);
        _waiters = new(_signal.Set);
        _metrics = new(role, options);
        _reader = new(transport, _engine, clock, _signal, options, _metrics);
        _writer = new(transport, _engine, clock, _signal, options.Logger, _metrics);
        _loop = Task.Run(() => RunAsync(transport));
    }

    public KvpLink? CurrentLink => Volatile.Read(ref _link);

    public string? Obstacle => _reader.Obstacle ?? _writer.Obstacle ?? Volatile.Read(ref _obstacle);

    internal DriverClock Clock { get; }

    internal TimeSpan? SinceHeard => _reader.SinceHeard;

    public ValueTask<KvpLink> GetLinkAsync(CancellationToken cancellationToken) => _waiters.GetAsync(cancellationToken);

    /// <summary>Hands a command to the loop.</summary>
    internal void Post(in DriverCommand command)
    {
        _commands.Enqueue(command);
        _signal.Set();
        // What comes after the loop's last look is answered too; not here, where the caller may hold a stream's lock.
        if (Volatile.Read(ref _closed) is not null)
            ThreadPool.UnsafeQueueUserWorkItem(static driver => driver.FailLateCommands(), this, preferLocal: false);
    }

    /// <summary>Closes the link, tells the peer if one more write can, and disposes of the transport: within seconds,
    /// or, where a call of the transport does not end, when it has ended.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            await _loop.ConfigureAwait(false);
            return;
        }

        Post(new(DriverCommandKind.Close, null));
        await _loop.ConfigureAwait(false);
        _stop.Dispose();
        _signal.Dispose();
        _engine.Dispose();
        _crypto.Dispose();
    }

    private async Task RunAsync(IKvpTransport transport)
    {
        KvpLinkException closed = new(KvpLinkError.Closed, "This side has closed the channel.");
        try
        {
            await RunUntilClosedAsync().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            // A bug of ours: nothing that a peer or a platform does ends here. Callers must not wait for ever for it,
            // and the engine is not to be asked any more.
            Log.LoopFailed(_options.Logger, exception, _options.Channel);
            closed = new(KvpLinkError.Closed, $"The link's loop has failed: {exception.Message}");
            Volatile.Write(ref _obstacle, closed.Message);
            if (_link is not null)
                _metrics.HandleEnded(reason: null);
            _link?.End(closed);
            _link = null;
        }

        // Those who wait are answered first: the transport may take its time.
        Volatile.Write(ref _closed, closed);
        _undecided.EndAll();
        _waiters.Close(closed);
        FailLateCommands();
        Task stopped = StopAsync(transport);
        await Task.WhenAny(stopped, Task.Delay(StopWithin, _options.TimeProvider)).ConfigureAwait(false);
        if (!stopped.IsCompleted)
            Log.TransportHangs(_options.Logger, _options.Channel);
    }

    private async Task StopAsync(IKvpTransport transport)
    {
        try
        {
            await _stop.CancelAsync().ConfigureAwait(false);
            await _reader.StopAsync().ConfigureAwait(false);
            await _writer.StopAsync().ConfigureAwait(false);
            await transport.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            Log.StopFailed(_options.Logger, exception, _options.Channel);
        }
    }

    private async Task RunUntilClosedAsync()
    {
        while (true)
        {
            // Before the commands: once nobody is still going on, all that they have asked for is there.
            _isAdmitting = _waiters.IsAdmitting;
            TakeCommands();
            // Before anything of the tables is taken: it may be meant for another timeline.
            TakeSuspicion();
            _writer.TakeOutcomes();
            _reader.TakeRead();
            _engine.HandleTimeout(Clock.Now);
            HandleEvents();
            _undecided.HandleTimeout(Clock.Now);
            _writer.IsHeld = MustHoldWrites;
            _writer.TryStart(_stop.Token);
            if (_writer.HasLanded)
                _reader.HandleWritten();
            HandleEvents();
            if (_closeBy != Instant.Never && (_closeBy <= Clock.Now || _writer.IsIdle))
            {
                _engine.Finish(new(LinkEndReason.Closed, "This side has closed the link."));
                HandleEvents();
                return;
            }

            _reader.TryStart(_stop.Token);
            _metrics.Take(_engine.Measures);
            _signal.SetTimer(NextWake(), Clock);
            await _signal.WaitAsync().ConfigureAwait(false);
        }
    }

    private bool IsAdmitting => _isAdmitting && Clock.Now < _admitBy;

    // The first packet carries the calls that waited for it, and a guest's first hello answers a host that is there
    // already: either would cost a write more if it did not wait for what is about to come.
    private bool MustHoldWrites => _closeBy == Instant.Never && (IsAdmitting || (_isGuest && !_reader.HasRead));

    private Instant NextWake()
    {
        Instant next = Instant.Earlier(_engine.NextTimeout, _reader.NextStart);
        next = Instant.Earlier(next, _writer.NextStart);
        next = Instant.Earlier(next, _undecided.NextTimeout);
        if (IsAdmitting)
            next = Instant.Earlier(next, _admitBy);
        return Instant.Earlier(next, _closeBy);
    }

    private void TakeSuspicion()
    {
        if (_timeline.TakeSuspicion() is not { } why)
            return;
        Log.Suspected(_options.Logger, _options.Channel, why);
        _engine.HandleSuspicion(Clock.Now, _timeline.DrawNonce());
    }

    private void TakeCommands()
    {
        while (_commands.TryDequeue(out DriverCommand command))
            TakeCommand(command);
    }

    private void TakeCommand(in DriverCommand command)
    {
        if (command.Stream is not { } stream)
        {
            _closeBy = Clock.Now + CloseWithin;
            _engine.Close("The peer's process has closed the link.");
            return;
        }

        switch (command.Kind)
        {
            case DriverCommandKind.Consume:
                if (stream.Engine is not null)
                    _engine.Consume(stream.Engine, (int)command.Number);
                break;
            case DriverCommandKind.Reset:
                if (stream.Engine is not null)
                    _engine.ResetStream(stream.Engine, command.Number);
                stream.Link.Streams.Remove(stream);
                _undecided.Remove(stream);
                stream.HandleReset();
                break;
            default:
                TakeSend(command, stream);
                break;
        }
    }

    private void TakeSend(in DriverCommand command, DriverStream stream)
    {
        // What is sent on a stream whose outcome is still open ends with it.
        if (stream.HasFailed || _undecided.Contains(stream))
            return;
        if (stream.Link != _link)
        {
            stream.Fail(stream.Link.ReasonFor(stream));
            return;
        }

        if (stream.Engine is null)
        {
            stream.Engine = _engine.OpenStream(stream.Name, (byte)stream.Priority, stream);
            stream.Link.Streams.Add(stream);
        }

        bool isTaken = stream.Engine is not null && (command.Kind == DriverCommandKind.End
            ? _engine.EndStream(stream.Engine)
            : _engine.Send(stream.Engine, command.Message, command.EndOfStream));
        if (!isTaken)
            stream.Fail(new(KvpLinkError.StreamReset, "The stream is closed."));
    }

    private void HandleEvents()
    {
        while (_engine.TryGetEvent(out LinkEvent linkEvent))
            HandleEvent(linkEvent);
        Volatile.Write(ref _obstacle, _engine.Obstacle);
    }

    private void HandleEvent(in LinkEvent linkEvent)
    {
        DriverStream? stream = linkEvent.Stream?.Owner as DriverStream;
        switch (linkEvent.Kind)
        {
            case LinkEventKind.Opened:
                Hello peer = linkEvent.Peer!;
                int maxMessageBytes = (int)Math.Min(peer.Limits.MaxMessageBytes, int.MaxValue);
                _link = new(this, linkEvent.LinkId, maxMessageBytes, _options.MaxStreams);
                Log.LinkOpened(_options.Logger, _options.Channel, peer.Implementation);
                _metrics.HandleOpened();
                _undecided.EndAll();
                _admitBy = Clock.Now + AdmitWithin;
                // They may have gone on already when this returns, but what they have asked for has not been taken.
                _isAdmitting = _waiters.Open(_link);
                break;
            case LinkEventKind.Ended:
                Log.LinkEnded(_options.Logger, _options.Channel, linkEvent.End!.Reason, linkEvent.End.Text);
                _metrics.HandleEnded(linkEvent.End.Reason);
                _waiters.Reset();
                EndLink(ToException(linkEvent.End), linkEvent.Accepted);
                break;
            case LinkEventKind.Settled:
                _undecided.Settle(linkEvent.Streams!, linkEvent.Accepted);
                break;
            case LinkEventKind.StreamOpened:
                DriverStream opened = new(_link!, linkEvent.Stream!.Name, (KvpStreamPriority)linkEvent.Stream.Priority)
                {
                    Engine = linkEvent.Stream,
                };
                linkEvent.Stream.Owner = opened;
                _link!.Streams.Add(opened);
                _link.HandleAccepted(opened);
                break;
            case LinkEventKind.Message:
                stream?.HandleMessage(linkEvent.Buffer, linkEvent.Length, linkEvent.EndOfStream);
                RemoveIfDone(linkEvent, stream);
                break;
            case LinkEventKind.SendCompleted:
                stream?.HandleSendCompleted();
                RemoveIfDone(linkEvent, stream);
                break;
            default:
                stream?.Fail(new(
                    KvpLinkError.StreamReset, "The peer has reset the stream.", resetCode: linkEvent.ResetCode));
                RemoveIfDone(linkEvent, stream);
                break;
        }
    }

    private void EndLink(KvpLinkException reason, ulong acked)
    {
        Instant now = Clock.Now;
        // Who closes has no next hello.
        bool maySettle = reason.Error == KvpLinkError.LinkLost;
        _link!.End(reason, stream => maySettle && _undecided.TryHold(stream, acked, now));
        _link = null;
    }

    private void RemoveIfDone(in LinkEvent linkEvent, DriverStream? stream)
    {
        if (stream is not null && linkEvent.Stream!.IsClosed)
            _link?.Streams.Remove(stream);
    }

    private void FailLateCommands()
    {
        while (_commands.TryDequeue(out DriverCommand command))
        {
            if (command.Stream is not { } stream || command.Kind == DriverCommandKind.Consume)
                continue;
            if (command.Kind == DriverCommandKind.Reset)
                stream.HandleReset();
            else
                stream.Fail(new(_closed!.Error, _closed.Message, certainlyNotDelivered: stream.Engine?.Id is null));
        }
    }

    private static KvpLinkException ToException(LinkEnd end) => new(
        end.Reason switch
        {
            LinkEndReason.Closed => KvpLinkError.Closed,
            LinkEndReason.ClosedByPeer => KvpLinkError.ClosedByPeer,
            _ => KvpLinkError.LinkLost,
        },
        end.Text);
}
