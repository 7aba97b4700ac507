using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using KvpRpc.Driver;
using KvpRpc.Links;

namespace KvpRpc.Benchmarks.Rpc.Memory;

/// <summary>One side of a stream in memory: with credit, half-close and resets; used again when both sides have let go
/// of it.</summary>
[SuppressMessage(
    "Usage", "CA2213:Disposable fields should be disposed",
    Justification = "A source without timer or wait handle holds nothing, and the stream is used again.")]
internal sealed class MemoryLinkStream : KvpLinkStream
{
    private const int WindowBytes = 64 * 1024;

    private static readonly ConcurrentQueue<MemoryLinkStream> Free = new();

    private readonly Lock _gate = new();
    private readonly Queue<KvpLinkMessage> _received = new(4);
    private readonly Completion<KvpLinkMessage> _receive = new();
    private readonly Completion<bool> _credit = new();
    private readonly CancellationTokenSource _aborted = new();
    private readonly MemoryLinkStream _first;
    private readonly MemoryLinkStream _remote;
    private MemoryLink? _opens;
    private string _name = "";
    private KvpLinkException? _failure;
    private int _left;
    private int _holders;
    private bool _isReceiveClosed;
    private bool _isSendClosed;
    private bool _isDisposed;

    private MemoryLinkStream(MemoryLinkStream? first)
    {
        _first = first ?? this;
        _remote = first ?? new MemoryLinkStream(this);
    }

    public override string Name => _name;

    public override CancellationToken Aborted => _aborted.Token;

    internal static MemoryLinkStream Rent(string name, MemoryLink peer)
    {
        if (!Free.TryDequeue(out MemoryLinkStream? stream))
            stream = new(first: null);
        stream.Begin(name, peer);
        stream._remote.Begin(name, opens: null);
        return stream;
    }

    public override async ValueTask SendAsync(
        ReadOnlyMemory<byte> message, bool endOfStream, CancellationToken cancellationToken)
    {
        ValueTask pending = default;
        lock (_gate)
        {
            if (_failure is not null)
                throw _failure;
            if (_left <= 0)
                pending = _credit.BeginVoid();
            _isSendClosed = endOfStream;
        }

        await pending;
        lock (_gate)
            _left -= message.Length;
        MessageBuffer buffer = MessageBuffer.Copy(message.Span, this);
        Open();
        _remote.Handle(new(buffer.Data, HasContent: true, endOfStream, buffer));
    }

    public override ValueTask CompleteAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
            _isSendClosed = true;
        Open();
        _remote.Handle(new(default, HasContent: false, IsEndOfStream: true, Owner: null));
        return default;
    }

    public override ValueTask<KvpLinkMessage> ReceiveAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_received.TryDequeue(out KvpLinkMessage message))
                return new(message);
            if (_failure is not null)
                return ValueTask.FromException<KvpLinkMessage>(_failure);
            return _isReceiveClosed
                ? new(new KvpLinkMessage(default, HasContent: false, IsEndOfStream: true, Owner: null))
                : _receive.Begin();
        }
    }

    public override void Reset(uint code)
    {
        lock (_gate)
        {
            if (_failure is not null || (_isSendClosed && _isReceiveClosed))
                return;
        }

        Fail(new(KvpLinkError.StreamReset, "This side has reset the stream.", resetCode: code));
        _remote.Fail(new(KvpLinkError.StreamReset, "The peer has reset the stream.", resetCode: code));
    }

    public override ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (_isDisposed)
                return default;
            _isDisposed = true;
        }

        Reset(0);
        if (Interlocked.Decrement(ref _first._holders) == 0 && _failure is null)
            Free.Enqueue(_first);
        return default;
    }

    internal void HandleCredit(int bytes)
    {
        lock (_gate)
        {
            _left += bytes;
            if (_left > 0 && _credit.IsPending)
                _credit.Complete(true);
        }
    }

    private void Begin(string name, MemoryLink? opens)
    {
        _name = name;
        _opens = opens;
        _holders = 2;
        _left = WindowBytes;
        _isReceiveClosed = _isSendClosed = _isDisposed = false;
    }

    private void Open()
    {
        MemoryLink? opens = _opens;
        _opens = null;
        opens?.HandleOpened(_remote);
    }

    private void Handle(in KvpLinkMessage message)
    {
        lock (_gate)
        {
            _isReceiveClosed |= message.IsEndOfStream;
            if (_receive.IsPending)
                _receive.Complete(message);
            else if (message.HasContent)
                _received.Enqueue(message);
        }
    }

    private void Fail(KvpLinkException failure)
    {
        lock (_gate)
        {
            _failure ??= failure;
            if (_receive.IsPending)
                _receive.Fail(_failure);
            if (_credit.IsPending)
                _credit.Fail(_failure);
        }

        _ = _aborted.CancelAsync();
    }
}
