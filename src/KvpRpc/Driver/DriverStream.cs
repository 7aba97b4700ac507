using System.Buffers;
using KvpRpc.Links;
using KvpRpc.Protocol.Streams;

namespace KvpRpc.Driver;

/// <summary>A stream as the application holds it; the engine's side of it is touched by the driver's loop
/// alone.</summary>
internal sealed class DriverStream : KvpLinkStream
{
    private readonly Completion<KvpLinkMessage> _receive = new();
    private readonly Completion<bool> _send = new();
    private CancellationToken _receiveToken;
    private CancellationToken _sendToken;
    private CancellationTokenRegistration _receiveCancellation;
    private CancellationTokenRegistration _sendCancellation;
    private CancellationToken? _sendCancelled;
    private CancellationTokenSource? _aborted;

    // The first that waits to be received, and those after it, which there are on few streams.
    private KvpLinkMessage? _firstReceived;
    private Queue<KvpLinkMessage>? _received;
    private KvpLinkException? _failure;
    private bool _sendEnded;
    private bool _receiveEnded;
    private bool _isReset;

    internal DriverStream(DriverLink link, string name, KvpStreamPriority priority)
    {
        Link = link;
        Name = name;
        Priority = priority;
    }

    public override string Name { get; }

    // The loop writes the number before it says that the message was sent, or that the stream has failed.
    public override KvpStreamId? Id => Engine?.Id is { } number ? new(Link.Id, number) : null;

    public override CancellationToken Aborted
    {
        get
        {
            lock (Gate)
            {
                if (_failure is not null)
                    return new(canceled: true);
                _aborted ??= new();
                return _aborted.Token;
            }
        }
    }

    internal DriverLink Link { get; }

    // Nobody else has it, and a stream does without one object more.
    private object Gate => _receive;

    internal KvpStreamPriority Priority { get; }

    /// <summary>Gets or sets the engine's stream; null until the first message. Only for the loop.</summary>
    internal EngineStream? Engine { get; set; }

    /// <summary>Gets whether the stream has failed: the loop then ignores what is still asked of it.</summary>
    internal bool HasFailed
    {
        get
        {
            lock (Gate)
                return _failure is not null;
        }
    }

    public override ValueTask SendAsync(
        ReadOnlyMemory<byte> message, bool endOfStream, CancellationToken cancellationToken)
    {
        if (message.Length > Link.MaxMessageBytes)
            throw new ArgumentOutOfRangeException(nameof(message), "The message is larger than the peer takes.");
        return Send(DriverCommandKind.Send, message, endOfStream, cancellationToken);
    }

    public override ValueTask CompleteAsync(CancellationToken cancellationToken) =>
        Send(DriverCommandKind.End, default, endOfStream: true, cancellationToken);

    public override ValueTask<KvpLinkMessage> ReceiveAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (Gate)
        {
            if (_receive.IsPending)
                throw new InvalidOperationException("A receive is under way.");
            if (TryTakeReceived(out KvpLinkMessage message))
                return new(message);
            if (_receiveEnded)
                return new(new KvpLinkMessage(default, HasContent: false, IsEndOfStream: true, Owner: null));
            if (_failure is not null)
                return ValueTask.FromException<KvpLinkMessage>(_failure);
            ValueTask<KvpLinkMessage> pending = _receive.Begin();
            _receiveToken = cancellationToken;
            _receiveCancellation = cancellationToken.UnsafeRegister(
                static (state, token) => ((DriverStream)state!).CancelReceive(token), this);
            return pending;
        }
    }

    public override void Reset(uint code)
    {
        lock (Gate)
        {
            if (_isReset || _failure is not null || (_sendEnded && !_send.IsPending && _receiveEnded))
                return;
            _isReset = true;
            _failure = new(KvpLinkError.StreamReset, "This side has reset the stream.", resetCode: code);
            FailReceive(_failure);
        }

        Abort();
        // A send under way fails only when the loop has let go of its message.
        Link.Post(new(DriverCommandKind.Reset, this) { Number = code });
    }

    public override ValueTask DisposeAsync()
    {
        Discard();
        return ValueTask.CompletedTask;
    }

    internal void Discard()
    {
        Reset(0);
        lock (Gate)
        {
            while (TryTakeReceived(out KvpLinkMessage message))
                message.Dispose();
        }
    }

    /// <summary>Hands over a message that has arrived, or the end of the peer's direction. Called by the
    /// loop.</summary>
    internal void HandleMessage(byte[]? buffer, int length, bool endOfStream)
    {
        KvpLinkMessage message = buffer is null
            ? new(default, HasContent: false, IsEndOfStream: true, Owner: null)
            : new(buffer.AsMemory(0, length), HasContent: true, endOfStream, new ReceivedBuffer(this, buffer, length));
        lock (Gate)
        {
            _receiveEnded |= endOfStream;
            if (_isReset)
            {
                message.Dispose();
            }
            else if (_receive.IsPending)
            {
                _receiveCancellation.Unregister();
                _receive.Complete(message);
            }
            else if (buffer is not null)
            {
                KeepReceived(message);
            }
        }
    }

    internal void HandleSendCompleted()
    {
        lock (Gate)
        {
            if (!_send.IsPending)
                return;
            _sendCancellation.Unregister();
            _send.Complete(true);
        }
    }

    /// <summary>Ends both directions with an error; messages that have arrived can still be received.</summary>
    internal void Fail(KvpLinkException failure)
    {
        lock (Gate)
        {
            _failure ??= failure;
            if (_send.IsPending)
            {
                _sendCancellation.Unregister();
                _send.Fail(_failure);
            }

            FailReceive(_failure);
        }

        Abort();
    }

    private void KeepReceived(in KvpLinkMessage message)
    {
        if (_firstReceived is null)
            _firstReceived = message;
        else
            (_received ??= new()).Enqueue(message);
    }

    private bool TryTakeReceived(out KvpLinkMessage message)
    {
        message = _firstReceived.GetValueOrDefault();
        if (_firstReceived is null)
            return false;
        _firstReceived = _received?.TryDequeue(out KvpLinkMessage next) == true ? next : null;
        return true;
    }

    private void FailReceive(Exception failure)
    {
        if (!_receive.IsPending)
            return;
        _receiveCancellation.Unregister();
        _receive.Fail(failure);
    }

    private ValueTask Send(
        DriverCommandKind kind, ReadOnlyMemory<byte> message, bool endOfStream, CancellationToken token)
    {
        token.ThrowIfCancellationRequested();
        ValueTask pending;
        lock (Gate)
        {
            if (_failure is not null)
                return ValueTask.FromException(_failure);
            if (_sendEnded)
                throw new InvalidOperationException("The own direction of the stream has ended.");
            if (_send.IsPending)
                throw new InvalidOperationException("A send is under way.");
            _sendEnded = endOfStream;
            pending = _send.BeginVoid();
            _sendToken = token;
            _sendCancellation = token.UnsafeRegister(
                static (state, cancelled) => ((DriverStream)state!).CancelSend(cancelled), this);
        }

        Link.Post(new(kind, this) { Message = message, EndOfStream = endOfStream });
        return pending;
    }

    // A part of the message may have left: the stream cannot go on. The loop has let go of the caller's memory when the
    // reset has been taken, so the caller is answered by then, not before. A token that fires just when its send has
    // ended comes too late: the send that runs now is not its.
    internal void CancelSend(CancellationToken token)
    {
        lock (Gate)
        {
            if (!_send.IsPending || _isReset || token != _sendToken)
                return;
            _isReset = true;
            _sendCancelled = token;
        }

        Link.Post(new(DriverCommandKind.Reset, this));
    }

    /// <summary>Takes note that the engine holds nothing of the stream any longer. Called by the loop.</summary>
    internal void HandleReset()
    {
        lock (Gate)
        {
            _failure ??= new(KvpLinkError.StreamReset, "This side has reset the stream.");
            // A stream that is reset must not stay with a token that lives on.
            _sendCancellation.Unregister();
            if (_send.IsPending)
                _send.Fail(_sendCancelled is { } token ? new OperationCanceledException(token) : _failure);
            FailReceive(_failure);
        }

        Abort();
    }

    // What waits for the token is the application's: it runs neither on the driver's loop nor in the caller of Reset.
    private void Abort()
    {
        CancellationTokenSource? aborted;
        lock (Gate)
        {
            aborted = _aborted;
            _aborted = null;
        }

        if (aborted is not null)
            _ = CancelAndDisposeAsync(aborted);
    }

    private static async Task CancelAndDisposeAsync(CancellationTokenSource source)
    {
        await source.CancelAsync().ConfigureAwait(false);
        source.Dispose();
    }

    internal void CancelReceive(CancellationToken token)
    {
        lock (Gate)
        {
            if (_receive.IsPending && token == _receiveToken)
                _receive.Fail(new OperationCanceledException(token));
        }
    }

    private void Return(byte[] buffer, int length)
    {
        ArrayPool<byte>.Shared.Return(buffer);
        Link.Post(new(DriverCommandKind.Consume, this) { Number = (uint)length });
    }

    private sealed class ReceivedBuffer(DriverStream stream, byte[] buffer, int length) : IDisposable
    {
        private byte[]? _buffer = buffer;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _buffer, null) is { } taken)
                stream.Return(taken, length);
        }
    }
}
