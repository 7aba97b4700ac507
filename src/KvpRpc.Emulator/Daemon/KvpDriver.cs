using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using KvpRpc.Emulator.Guests;

namespace KvpRpc.Emulator.Daemon;

/// <summary>The guest kernel's half of KVP: between the host's transactions and the daemon that has the device
/// open.</summary>
/// <remarks>
/// <para>Behaves as the driver of Linux does: one transaction and one daemon at a time; a transaction ends with
/// <see cref="KvpResponse.Failed"/> at once when no daemon has registered or when the daemon closes the device, and
/// after 30 seconds without an answer. The message stays in the device then: it is what a daemon that wakes up reads
/// first, so a write may land long after it has failed, and until it is read all further transactions fail at once. The
/// late answer is refused (EINVAL), upon which the daemon opens the device anew and registers again. Answers carry no
/// number: one that comes late while the next transaction waits is taken for the answer to that.</para>
/// <para>A lock guards the state. Requests come on the thread of the device; the host's calls on any thread, and they
/// wake the daemon themselves, without a hop over the device's thread.</para>
/// </remarks>
internal sealed class KvpDriver : IDisposable
{
    private readonly Lock _gate = new();

    [SuppressMessage("Reliability", "CA2213", Justification = "Waiters may still get their turn.")]
    private readonly SemaphoreSlim _turn = new(1, 1);

    private readonly FuseConnection _fuse;
    private readonly TimeProvider _timeProvider;
    private readonly TimeSpan _answerWithin;
    private readonly KernelNls _nls;
    private readonly ITimer _timer;
    private readonly byte[] _message = new byte[HvKvpMessage.Size];

    private State _state;
    private ulong _openHandle;
    private ulong _lastHandle;
    private bool _isMessageUnread;
    private ulong _heldRead;
    private ulong? _armedPoll;
    private KvpOperation _operation;
    private long _startedAt;
    private TaskCompletionSource<KvpResponse>? _transaction;
    private TaskCompletionSource _registration = NewRegistration();

    internal KvpDriver(FuseConnection fuse, DaemonGuestOptions options)
    {
        _fuse = fuse;
        _timeProvider = options.TimeProvider;
        _answerWithin = options.AnswerWithin;
        _nls = options.Nls;
        _timer = _timeProvider.CreateTimer(
            _ => HandleTimeout(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private enum State
    {
        /// <summary>Nobody has the device open.</summary>
        Closed,

        /// <summary>A daemon has opened the device.</summary>
        Open,

        /// <summary>It has registered, and has not read the driver's version yet.</summary>
        Registering,

        /// <summary>Transactions can be carried out, or one is.</summary>
        Ready,
    }

    /// <summary>Gets whether a daemon is registered.</summary>
    internal bool IsReady
    {
        get
        {
            lock (_gate) return _state is State.Ready;
        }
    }

    /// <summary>Gets what completes when a daemon is registered.</summary>
    internal Task Registered
    {
        get
        {
            lock (_gate) return _registration.Task;
        }
    }

    /// <summary>Carries out one transaction; the next waits for its end.</summary>
    /// <param name="request">What the host asks.</param>
    /// <param name="cancellationToken">Gives up the wait; a transaction that has begun goes on.</param>
    internal async ValueTask<KvpResponse> TransactAsync(KvpRequest request, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        Task<KvpResponse> transaction = CarryOutAsync(request);
        return await transaction.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Handles a request of the guest's kernel; called by the device's thread alone.</summary>
    internal void HandleRequest(ReadOnlySpan<byte> request)
    {
        var header = MemoryMarshal.Read<FuseAbi.InHeader>(request);
        ReadOnlySpan<byte> body = request[Marshal.SizeOf<FuseAbi.InHeader>()..];
        switch (header.Operation)
        {
            case FuseAbi.Operation.Poll: HandlePoll(header.Unique, MemoryMarshal.Read<FuseAbi.PollIn>(body)); break;
            case FuseAbi.Operation.Read: HandleRead(header.Unique, MemoryMarshal.Read<FuseAbi.TransferIn>(body)); break;
            case FuseAbi.Operation.Write: HandleWrite(header.Unique, body); break;
            case FuseAbi.Operation.Open: HandleOpen(header.Unique); break;
            case FuseAbi.Operation.Release: HandleRelease(header.Unique, MemoryMarshal.Read<ulong>(body)); break;
            case FuseAbi.Operation.Interrupt: HandleInterrupt(MemoryMarshal.Read<ulong>(body)); break;
            case FuseAbi.Operation.Init: HandleInit(header.Unique); break;
            case FuseAbi.Operation.GetAttributes: HandleGetAttributes(header.Unique); break;
            case FuseAbi.Operation.StatFileSystem:
                _fuse.Answer(header.Unique, default(FuseAbi.StatFileSystemOut));
                break;
            case FuseAbi.Operation.Access or FuseAbi.Operation.Flush or FuseAbi.Operation.Destroy:
                _fuse.Answer(header.Unique, 0);
                break;
            case FuseAbi.Operation.Forget or FuseAbi.Operation.BatchForget: break;
            default: _fuse.Answer(header.Unique, LinuxNative.NotImplemented); break;
        }
    }

    /// <summary>The device is gone: what is under way fails.</summary>
    internal void HandleDisconnect()
    {
        lock (_gate) Reset();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _timer.Dispose();
        HandleDisconnect();
    }

    private async Task<KvpResponse> CarryOutAsync(KvpRequest request)
    {
        try
        {
            Task<KvpResponse>? answer = Begin(request);
            return answer is null ? KvpResponse.Of(KvpResponse.Failed) : await answer.ConfigureAwait(false);
        }
        finally
        {
            _ = _turn.Release();
        }
    }

    private Task<KvpResponse>? Begin(in KvpRequest request)
    {
        lock (_gate)
        {
            if (_state is not State.Ready || _isMessageUnread) return null;
            HvKvpMessage.WriteRequest(_message, request, _nls);
            _operation = request.Operation;
            _transaction = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _startedAt = _timeProvider.GetTimestamp();
            _ = _timer.Change(_answerWithin, Timeout.InfiniteTimeSpan);
            Publish();
            return _transaction.Task;
        }
    }

    private void HandleTimeout()
    {
        lock (_gate)
        {
            // The timer may belong to a transaction that has just ended, and timers may fire a little early.
            if (_transaction is null) return;
            TimeSpan left = _answerWithin - _timeProvider.GetElapsedTime(_startedAt);
            if (left > TimeSpan.Zero) _ = _timer.Change(left + TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
            else End(KvpResponse.Of(KvpResponse.Failed));
        }
    }

    private void HandleInit(ulong unique) => _fuse.Answer(unique, new FuseAbi.InitOut
    {
        Major = FuseAbi.Major,
        Minor = FuseAbi.Minor,
        Flags = FuseAbi.InitBigWrites,
        MaxWrite = FuseAbi.MaxWrite,
    });

    private void HandleGetAttributes(ulong unique) =>
        _fuse.Answer(unique, new FuseAbi.AttributesOut { Inode = 1, Mode = FuseAbi.FileMode, Links = 1 });

    private void HandleOpen(ulong unique)
    {
        lock (_gate)
        {
            if (_state is not State.Closed)
            {
                _fuse.Answer(unique, LinuxNative.Busy);
                return;
            }

            _state = State.Open;
            _openHandle = ++_lastHandle;
            _fuse.Answer(unique, new FuseAbi.OpenOut
            {
                Handle = _openHandle,
                OpenFlags = FuseAbi.OpenDirectIo | FuseAbi.OpenNonSeekable,
            });
        }
    }

    private void HandleRelease(ulong unique, ulong handle)
    {
        lock (_gate)
        {
            if (handle == _openHandle) Reset();
        }

        _fuse.Answer(unique, 0);
    }

    private void HandlePoll(ulong unique, in FuseAbi.PollIn poll)
    {
        lock (_gate)
        {
            if ((poll.Flags & FuseAbi.PollScheduleNotify) is not 0) _armedPoll = poll.KernelHandle;
            uint events = _isMessageUnread ? FuseAbi.PollReadable : 0;
            _fuse.Answer(unique, new FuseAbi.PollOut { Events = events });
        }
    }

    private void HandleRead(ulong unique, in FuseAbi.TransferIn read)
    {
        lock (_gate)
        {
            if (read.Size < HvKvpMessage.Size) _fuse.Answer(unique, LinuxNative.Invalid);
            else if (_isMessageUnread) Deliver(unique);
            else if (_heldRead is not 0) _fuse.Answer(unique, LinuxNative.Busy);
            else _heldRead = unique;
        }
    }

    private void HandleInterrupt(ulong interrupted)
    {
        lock (_gate)
        {
            // Any other request has its answer already.
            if (interrupted != _heldRead) return;
            _heldRead = 0;
            _fuse.Answer(interrupted, LinuxNative.Interrupted);
        }
    }

    private void HandleWrite(ulong unique, ReadOnlySpan<byte> body)
    {
        var write = MemoryMarshal.Read<FuseAbi.TransferIn>(body);
        ReadOnlySpan<byte> message = body.Slice(Marshal.SizeOf<FuseAbi.TransferIn>(), (int)write.Size);
        lock (_gate)
        {
            bool isGood = message.Length >= HvKvpMessage.Size && _state switch
            {
                State.Open => TryRegister(message[0]),
                State.Ready => TryEnd(message),
                _ => false,
            };
            if (isGood) _fuse.Answer(unique, new FuseAbi.WriteOut { Size = write.Size });
            else _fuse.Answer(unique, LinuxNative.Invalid);
        }
    }

    private bool TryRegister(byte operation)
    {
        if (operation is not HvKvpMessage.Register) return false;
        _state = State.Registering;
        HvKvpMessage.WriteVersion(_message);
        Publish();
        return true;
    }

    private bool TryEnd(ReadOnlySpan<byte> message)
    {
        if (_transaction is null) return false;
        End(HvKvpMessage.ReadResponse(message, _operation));
        return true;
    }

    private void Publish()
    {
        _isMessageUnread = true;
        if (_heldRead is not 0)
        {
            ulong read = _heldRead;
            _heldRead = 0;
            Deliver(read);
        }
        else if (_armedPoll is ulong poll)
        {
            _armedPoll = null;
            _fuse.NotifyPoll(poll);
        }
    }

    private void Deliver(ulong read)
    {
        _isMessageUnread = false;
        _fuse.AnswerBytes(read, _message);
        if (_state is not State.Registering) return;
        _state = State.Ready;
        _ = _registration.TrySetResult();
    }

    private void End(KvpResponse response)
    {
        TaskCompletionSource<KvpResponse>? transaction = _transaction;
        _transaction = null;
        _ = transaction?.TrySetResult(response);
    }

    private void Reset()
    {
        if (_heldRead is not 0) _fuse.Answer(_heldRead, LinuxNative.NoDevice);
        _heldRead = 0;
        _armedPoll = null;
        _isMessageUnread = false;
        _openHandle = 0;
        _state = State.Closed;
        if (_registration.Task.IsCompleted) _registration = NewRegistration();
        End(KvpResponse.Of(KvpResponse.Failed));
    }

    private static TaskCompletionSource NewRegistration() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
