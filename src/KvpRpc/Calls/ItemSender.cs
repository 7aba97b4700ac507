using System.Diagnostics.CodeAnalysis;
using KvpRpc.Generated;
using KvpRpc.Links;

namespace KvpRpc.Calls;

/// <summary>Sends the items of a stream: in one message as many as come while the message before is on its
/// way.</summary>
/// <remarks>
/// <para>It holds two messages at most: one that the link sends, one that is being filled. A writer waits while the
/// second is full, and so feels how fast the peer takes items.</para>
/// <para>While nothing is on its way, items wait until <see cref="Flush"/>: a writer calls it before it waits for its
/// next item, so that what is there at once crosses at once, in one message. A timer does it for a writer that
/// works long, or blocks, before the next.</para>
/// <para>Safe to call from any thread.</para>
/// </remarks>
/// <param name="stream">What carries the messages.</param>
/// <param name="maxBytes">The most bytes of one.</param>
/// <param name="time">The clock of the timer.</param>
/// <param name="isCompressing">Says of each item whether it is to be compressed; null: none is.</param>
internal sealed class ItemSender(
    KvpLinkStream stream, int maxBytes, TimeProvider time, Func<bool>? isCompressing = null) : IDisposable
{
    /// <summary>The most bytes of a message with more than one item. The receiver takes it, whatever its limit is:
    /// that holds for each item.</summary>
    internal const int BatchBytes = 16 * 1024;

    /// <summary>How long items wait for more of them.</summary>
    internal static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(2);

    private readonly Lock _gate = new();
    private SortedList<uint, uint>? _owedCredit;
    private PooledBuffer _filling = new();
    private PooledBuffer _sending = new();
    private TaskCompletionSource? _changed;
    private ITimer? _timer;
    private uint? _argument;
    private bool _isFillingCompressed;
    private bool _isSendingCompressed;
    private bool _isSending;
    private bool _isClosed;

    /// <summary>Gets why nothing can be sent any more; null while it can.</summary>
    internal Exception? Failure { get; private set; }

    /// <summary>Gets whether what <see cref="CloseAsync"/> has left is to be compressed.</summary>
    internal bool IsRestCompressed => _isFillingCompressed;

    /// <summary>Adds an item; completes when there was room for it.</summary>
    /// <returns>The bytes of its value.</returns>
    /// <exception cref="KvpLinkException">The link has ended or the stream was reset.</exception>
    /// <exception cref="MessageTooLargeException">The item is over the limit; perhaps as a base exception.</exception>
    internal ValueTask<int> WriteAsync<T>(uint argument, RpcSerializer<T> serializer, T item) =>
        TryWrite(argument, serializer, item, out int bytes, out Task? room)
            ? new(bytes)
            : WaitAndWriteAsync(argument, serializer, item, room);

    /// <summary>Adds an item and sends it, and blocks until there was room for it. After the end it does
    /// nothing.</summary>
    internal void Write<T>(uint argument, RpcSerializer<T> serializer, T item)
    {
        Task? room;
        while (!TryWrite(argument, serializer, item, out _, out room))
            room.Wait();
        Flush();
    }

    /// <summary>Adds a message without a value and sends it; completes when there was room for it.</summary>
    /// <exception cref="InvalidOperationException">The last message has been sent.</exception>
    internal async ValueTask WriteAloneAsync(
        CallMessageKind kind, uint argument = 0, ReadOnlyMemory<byte> metadata = default)
    {
        while (!TryWriteAlone(kind, argument, metadata.Span, out Task? room))
            await room.ConfigureAwait(false);
        Flush();
    }

    /// <summary>Lets the peer send more items of an argument.</summary>
    internal void GrantCredit(uint argument, uint bytes)
    {
        lock (_gate)
        {
            if (_isClosed || Failure is not null)
                return;
            _owedCredit ??= [];
            _owedCredit[argument] = _owedCredit.GetValueOrDefault(argument) + bytes;
        }

        Flush();
    }

    /// <summary>Sends what waits.</summary>
    internal void Flush()
    {
        lock (_gate)
        {
            if (_isSending || !TryTakeNext())
                return;
            _isSending = true;
        }

        _ = SendAllAsync();
    }

    /// <summary>Takes no more items, and waits until all are sent but those that can go with the last
    /// message.</summary>
    /// <returns>A message of items of the argument 0 that was not sent, or nothing; valid until disposal.</returns>
    /// <exception cref="KvpLinkException">The link has ended or the stream was reset.</exception>
    internal async ValueTask<ReadOnlyMemory<byte>> CloseAsync()
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                _isClosed = true;
                ThrowIfFailed();
                if (!_isSending && (_filling.Length == 0 || _argument == 0))
                    return _filling.WrittenMemory;
                changed = GetChanged();
            }

            Flush();
            await changed.ConfigureAwait(false);
        }
    }

    /// <summary>After <see cref="CloseAsync"/>: compresses what it has left, if that is to be compressed.</summary>
    internal ReadOnlyMemory<byte> CompressRest()
    {
        if (_isFillingCompressed)
            MessageCompression.TryCompress(_filling);
        return _filling.WrittenMemory;
    }

    /// <summary>Gives the memory back; what was not sent is dropped.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isClosed = true;
            _timer?.Dispose();
            _filling.Release();
            if (!_isSending)
                _sending.Release();
        }
    }

    private async ValueTask<int> WaitAndWriteAsync<T>(uint argument, RpcSerializer<T> serializer, T item, Task? room)
    {
        int bytes;
        do
            await room!.ConfigureAwait(false);
        while (!TryWrite(argument, serializer, item, out bytes, out room));
        return bytes;
    }

    /// <summary>Adds an item; if there is no room, sees to it that there will be.</summary>
    private bool TryWrite<T>(
        uint argument,
        RpcSerializer<T> serializer,
        T item,
        out int bytes,
        [NotNullWhen(false)] out Task? room)
    {
        bytes = 0;
        room = null;
        lock (_gate)
        {
            if (_isClosed)
                return true;
            ThrowIfFailed();
            bool isFirst = _filling.Length == 0 && !_isSending;
            if (TryAppend(argument, serializer, in item, out bytes))
            {
                if (isFirst)
                    StartTimer();
                return true;
            }

            room = GetChanged();
        }

        Flush();
        return false;
    }

    private bool TryWriteAlone(
        CallMessageKind kind, uint argument, ReadOnlySpan<byte> metadata, [NotNullWhen(false)] out Task? room)
    {
        room = null;
        lock (_gate)
        {
            if (_isClosed)
                throw new InvalidOperationException("The call has ended.");
            ThrowIfFailed();
            if (_filling.Length == 0)
            {
                _filling.MaxBytes = int.MaxValue;
                new ResponseHeader { Argument = argument, Metadata = metadata }.Write(_filling, kind);
                _argument = null;
                _isFillingCompressed = false;
                return true;
            }

            room = GetChanged();
        }

        Flush();
        return false;
    }

    private bool TryAppend<T>(uint argument, RpcSerializer<T> serializer, in T item, out int bytes)
    {
        bytes = 0;
        int before = _filling.Length;
        bool isCompressed = isCompressing is not null && isCompressing();
        bool belongs = _argument == argument && _isFillingCompressed == isCompressed;
        if (before > 0 && (!belongs || before >= BatchBytes))
            return false;
        try
        {
            _filling.MaxBytes = before == 0 ? maxBytes : Math.Min(maxBytes, BatchBytes);
            if (before == 0)
                new ResponseHeader { Argument = argument }.Write(_filling, CallMessageKind.Item);
            bytes = _filling.Length;
            Payload.Write(_filling, serializer, item);
        }
        catch (Exception exception)
        {
            _filling.Truncate(before);

            // It may fit into a message of its own.
            if (before == 0 || exception.GetBaseException() is not MessageTooLargeException)
                throw;
            return false;
        }

        _argument = argument;
        _isFillingCompressed = isCompressed;
        bytes = _filling.Length - bytes;
        return true;
    }

    private async Task SendAllAsync()
    {
        try
        {
            do
            {
                if (_isSendingCompressed)
                    MessageCompression.TryCompress(_sending);
                await stream.SendAsync(_sending.WrittenMemory, endOfStream: false, default).ConfigureAwait(false);
            }
            while (HandleSent());
        }
        catch (Exception exception)
        {
            HandleFailure(exception);
        }
    }

    private bool HandleSent()
    {
        TaskCompletionSource? changed;
        lock (_gate)
        {
            // Memory is held only while there is something in it: many streams are open and idle.
            _sending.Release();
            _isSending = TryTakeNext();
            changed = _changed;
            _changed = null;
            if (!_isSending)
            {
                changed?.TrySetResult();
                return false;
            }
        }

        changed?.TrySetResult();
        return true;
    }

    /// <summary>Makes what waits the message to send. The last items stay for <see cref="CloseAsync"/>.</summary>
    private bool TryTakeNext()
    {
        if (Failure is not null)
            return false;
        if (_owedCredit is { Count: > 0 } && !_isClosed)
        {
            ResponseHeader header = new() { Argument = _owedCredit.Keys[0], Credit = _owedCredit.Values[0] };
            header.Write(_sending, CallMessageKind.Credit);
            _isSendingCompressed = false;
            _owedCredit.RemoveAt(0);
            return true;
        }

        if (_filling.Length == 0 || (_isClosed && _argument == 0))
            return false;
        (_filling, _sending) = (_sending, _filling);
        _isSendingCompressed = _isFillingCompressed;
        return true;
    }

    private void HandleFailure(Exception exception)
    {
        lock (_gate)
        {
            Failure = exception;
            _isSending = false;
            _sending.Release();
            _filling.Release();
            _changed?.TrySetResult();
            _changed = null;
        }
    }

    private void ThrowIfFailed()
    {
        if (Failure is null)
            return;
        KvpLinkError error = (Failure as KvpLinkException)?.Error ?? KvpLinkError.LinkLost;
        throw new KvpLinkException(error, Failure.Message, innerException: Failure);
    }

    private Task GetChanged() =>
        (_changed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    private void StartTimer()
    {
        if (_timer is not null)
        {
            _timer.Change(Linger, Timeout.InfiniteTimeSpan);
            return;
        }

        TimerCallback callback = static state => ((ItemSender)state!).Flush();
        if (ExecutionContext.IsFlowSuppressed())
        {
            _timer = time.CreateTimer(callback, this, Linger, Timeout.InfiniteTimeSpan);
            return;
        }

        // What is ambient in the handler is not the timer's.
        using (ExecutionContext.SuppressFlow())
            _timer = time.CreateTimer(callback, this, Linger, Timeout.InfiniteTimeSpan);
    }
}
