using System.Threading.Channels;
using KvpRpc.Links;

namespace KvpRpc.Tests.Calls;

internal sealed class MemoryLinkStream(
    MemoryLink link, MemoryLinkPair pair, string name, KvpStreamPriority priority, KvpStreamId id)
    : KvpLinkStream
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _aborted = new();
    private readonly Channel<KvpLinkMessage> _received = Channel.CreateUnbounded<KvpLinkMessage>();
    private long _credit = pair.WindowBytes;
    private TaskCompletionSource _creditCame = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isAnnounced;
    private bool _isDelivered;
    private bool _isSendClosed;
    private bool _isReceiveClosed;
    private bool _isEndRead;
    private KvpLinkException? _error;

    internal MemoryLinkStream Remote { get; set; } = null!;

    internal KvpStreamPriority Priority => priority;

    /// <summary>Gets the code with which this side reset the stream.</summary>
    internal uint? OwnResetCode { get; private set; }

    public override string Name => name;

    public override KvpStreamId? Id => _isAnnounced ? id : null;

    public override CancellationToken Aborted => _aborted.Token;

    private bool IsDone => _error is not null || (_isSendClosed && _isReceiveClosed);

    public override ValueTask SendAsync(
        ReadOnlyMemory<byte> message, bool endOfStream, CancellationToken cancellationToken) =>
        SendAsync(message, hasContent: true, endOfStream, cancellationToken);

    public override ValueTask CompleteAsync(CancellationToken cancellationToken) =>
        SendAsync(default, hasContent: false, endOfStream: true, cancellationToken);

    public override async ValueTask<KvpLinkMessage> ReceiveAsync(CancellationToken cancellationToken)
    {
        if (_isEndRead)
            return new KvpLinkMessage(default, HasContent: false, IsEndOfStream: true, null);
        try
        {
            KvpLinkMessage message = await _received.Reader.ReadAsync(cancellationToken);
            _isEndRead = message.IsEndOfStream;
            return message;
        }
        catch (ChannelClosedException)
        {
            throw _error!;
        }
    }

    public override void Reset(uint code)
    {
        lock (_lock)
        {
            if (IsDone)
                return;
            OwnResetCode = code;
            Fail(new KvpLinkException(KvpLinkError.StreamReset, "This side reset the stream.", resetCode: code));
        }

        Post(() => Remote.HandleReset(code));
    }

    public override async ValueTask DisposeAsync()
    {
        Reset(0);
        link.Remove(this);
        await link.Clearing;
    }

    internal void HandleMessage(byte[] bytes, bool hasContent, bool endOfStream)
    {
        lock (_lock)
        {
            if (_error is not null)
                return;
            _isReceiveClosed |= endOfStream;
            Credit credit = new(Remote, bytes.Length);
            _received.Writer.TryWrite(new KvpLinkMessage(bytes, hasContent, endOfStream, credit));
        }
    }

    internal void HandleReset(uint code)
    {
        lock (_lock)
        {
            if (!IsDone)
                Fail(new KvpLinkException(KvpLinkError.StreamReset, "The peer reset the stream.", resetCode: code));
        }
    }

    internal void HandleLinkEnd(KvpLinkError error)
    {
        lock (_lock)
        {
            // What was received and not read before the end is lost with it.
            if (_error is null && !(_isSendClosed && _isEndRead))
                Fail(new KvpLinkException(error, "The test ended the link.", certainlyNotDelivered: !_isDelivered));
        }
    }

    private async ValueTask SendAsync(
        ReadOnlyMemory<byte> message, bool hasContent, bool endOfStream, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task wait;
            lock (_lock)
            {
                if (_error is not null)
                    throw _error;
                if (_isSendClosed)
                    throw new InvalidOperationException("The own direction is closed.");
                if (_credit > 0)
                    break;
                wait = _creditCame.Task;
            }

            try
            {
                await wait.WaitAsync(cancellationToken);
            }
            catch (OperationCanceledException)
            {
                Reset(0);
                throw;
            }
        }

        byte[] copy = message.ToArray();
        lock (_lock)
        {
            _credit -= copy.Length;
            _isSendClosed = endOfStream;
        }

        Post(() => Remote.HandleMessage(copy, hasContent, endOfStream));
    }

    private void Post(Action deliver)
    {
        bool isFirst = !_isAnnounced;
        _isAnnounced = true;
        pair.Post(() =>
        {
            if (isFirst && !Remote._isAnnounced)
            {
                Remote._isAnnounced = true;
                Remote._isDelivered = true;
                link.Remote.HandleOpened(Remote);
            }

            _isDelivered = true;
            deliver();
        });
    }

    private void Fail(KvpLinkException error)
    {
        _error = error;
        while (_received.Reader.TryRead(out _))
        {
        }

        _received.Writer.TryComplete();
        _creditCame.TrySetResult();
        _ = _aborted.CancelAsync();
    }

    private void HandleCredit(int bytes)
    {
        lock (_lock)
        {
            _credit += bytes;
            if (_credit <= 0)
                return;
            _creditCame.TrySetResult();
            _creditCame = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    private sealed class Credit(MemoryLinkStream sender, int bytes) : IDisposable
    {
        private int _isGiven;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isGiven, 1) != 0)
                throw new InvalidOperationException("A message was disposed of twice.");
            sender.HandleCredit(bytes);
        }
    }
}
