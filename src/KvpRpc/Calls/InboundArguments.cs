using System.Buffers;
using KvpRpc.Generated;
using KvpRpc.Links;

namespace KvpRpc.Calls;

/// <summary>The arguments of a call of the peer that are streams or take reports.</summary>
/// <remarks>Whoever enumerates a stream receives; what comes for another stream meanwhile is kept for it, within the
/// credit that the caller was given.</remarks>
[System.Diagnostics.CodeAnalysis.SuppressMessage(
    "Reliability", "CA1001:Types that own disposable fields should be disposable",
    Justification = "A semaphore without wait handle holds nothing, and a late enumeration must find it whole.")]
internal sealed class InboundArguments : RpcArguments
{
    private readonly InboundCall _call;
    private readonly KvpLinkStream _stream;
    private readonly ItemSender? _sender;
    private readonly InboundItems[] _items;
    private readonly SemaphoreSlim _receiving = new(1);
    private readonly uint _listening;
    private volatile bool _isOver;

    internal InboundArguments(
        InboundCall call, KvpLinkStream stream, ItemSender? sender, int streams, uint listening, bool hasEnded)
    {
        _call = call;
        _stream = stream;
        _sender = sender;
        _listening = listening;
        HasEnded = hasEnded;
        _items = new InboundItems[streams];
        for (int i = 0; i < streams; i++)
            _items[i] = new InboundItems();
    }

    /// <summary>Gets whether the caller has ended its direction.</summary>
    internal bool HasEnded { get; private set; }

    private bool AreSeveral => _items.Length > 1;

    /// <inheritdoc/>
    public override IAsyncEnumerable<T> GetItems<T>(int index, RpcSerializer<T> item) =>
        new Items<T>(this, index, item);

    /// <inheritdoc/>
    public override IProgress<T> GetProgress<T>(int index, RpcSerializer<T> report) =>
        (_listening & (1u << index)) != 0 && _sender is not null
            ? new InboundProgress<T>(_call, _sender, (uint)index + 1, report)
            : Unheard<T>.Instance;

    /// <summary>After the call's last message: waits until the caller has seen it, and drops what it sent before.
    /// </summary>
    internal async ValueTask EndAsync(CancellationToken cancellationToken)
    {
        // An enumeration that the handler left behind may be receiving; it gets nothing any more.
        _isOver = true;
        await _receiving.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            while (!HasEnded)
            {
                using KvpLinkMessage message = await _stream.ReceiveAsync(cancellationToken).ConfigureAwait(false);
                HasEnded = message.IsEndOfStream;
            }
        }
        finally
        {
            foreach (InboundItems items in _items)
                items.Dispose();
            _receiving.Release();
        }
    }

    private async IAsyncEnumerator<T> EnumerateAsync<T>(
        int index, RpcSerializer<T> serializer, CancellationToken cancellationToken)
    {
        if (!_items[index].TryBegin())
            throw new InvalidOperationException("An argument that is a stream can be enumerated once.");
        while (await ReceiveAsync(index, cancellationToken).ConfigureAwait(false) is { } received)
        {
            ItemCursor cursor = received;
            try
            {
                while (cursor.HasNext)
                    yield return Read(ref cursor, serializer);
            }
            finally
            {
                cursor.Dispose();
            }

            if (AreSeveral && _sender is not null)
                _items[index].Consume(cursor.PayloadBytes, _sender, (uint)index);
        }
    }

    private T Read<T>(ref ItemCursor cursor, RpcSerializer<T> serializer)
    {
        try
        {
            return cursor.Read(serializer, _call.MaxItemBytes, _call.Method);
        }
        catch (RpcException error) when (error.StatusCode == StatusCode.Internal)
        {
            throw new RpcException(error.StatusCode, error.Message, innerException: error.InnerException)
            {
                Details = ContractDifference.Tell(_call.Definition),
            };
        }
    }

    /// <summary>Waits for the next message of a stream; null at its end.</summary>
    private async ValueTask<ItemCursor?> ReceiveAsync(int index, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await _receiving.WaitAsync(cancellationToken).ConfigureAwait(false);
                try
                {
                    if (_isOver)
                        throw new OperationCanceledException("The call has ended.");
                    if (_items[index].TryTake(out ItemCursor kept))
                        return kept;
                    if (HasEnded || _items[index].HasEnded)
                        return null;
                    if (await ReceiveOneAsync(index, cancellationToken).ConfigureAwait(false) is { } own)
                        return own;
                }
                finally
                {
                    _receiving.Release();
                }
            }
        }
        catch (KvpLinkException exception)
        {
            // As everywhere in a handler, the end of the call is a cancellation.
            throw new OperationCanceledException("The call has ended.", exception, _call.Aborted);
        }
    }

    /// <summary>Receives one message; null if it was not one of this stream's items.</summary>
    private async ValueTask<ItemCursor?> ReceiveOneAsync(int index, CancellationToken cancellationToken)
    {
        KvpLinkMessage message = await _stream.ReceiveAsync(cancellationToken).ConfigureAwait(false);
        bool isTaken = false;
        try
        {
            HasEnded = message.IsEndOfStream;
            if (!message.HasContent)
                return null;
            if (message.Data.Length > Math.Max(_call.MaxItemBytes, ItemSender.BatchBytes))
                throw CallErrors.ItemTooLarge(_call.Method, _call.MaxItemBytes);
            if (!CallMessage.TryRead(message.Data.Span, out CallMessage parts)
                || !ResponseHeader.TryRead(parts.Fields, out ResponseHeader header))
            {
                throw CallErrors.ItemUnreadable(_call.Method);
            }

            if (parts.IsIgnorable)
                return null;
            bool isKnown = parts.Kind is CallMessageKind.Item or CallMessageKind.End;
            int payloadBytes = message.Data.Length - parts.PayloadStart;
            if (!isKnown || header.Argument >= (uint)_items.Length
                || (parts.Kind == CallMessageKind.End && payloadBytes > 0))
                throw CallErrors.ItemUnreadable(_call.Method);
            InboundItems items = _items[header.Argument];
            if (parts.Kind == CallMessageKind.End)
            {
                items.HasEnded = true;
                return null;
            }

            if (items.HasEnded || payloadBytes == 0)
                throw CallErrors.ItemUnreadable(_call.Method);
            _call.WasCompressed = parts.IsCompressed;
            int payloadStart = parts.PayloadStart;
            if (parts.IsCompressed)
                message = Expand(message, payloadStart);
            if (header.Argument == (uint)index)
            {
                isTaken = true;
                return new ItemCursor(message, payloadStart);
            }

            if (!items.TryKeep(message.Data.Span[payloadStart..]))
                throw CallErrors.ItemUnreadable(_call.Method);
            return null;
        }
        finally
        {
            if (!isTaken)
                message.Dispose();
        }
    }

    /// <summary>Gets a compressed message as it is without compression; it takes the other one over.</summary>
    private KvpLinkMessage Expand(in KvpLinkMessage message, int payloadStart)
    {
        if (_call.Server.Options.Compression == RpcCompression.None)
            throw CallErrors.ItemUnreadable(_call.Method);
        int max = Math.Max(_call.MaxItemBytes, ItemSender.BatchBytes);
        return MessageCompression.TryExpand(message, payloadStart, max, out KvpLinkMessage expanded) switch
        {
            OperationStatus.Done => expanded,
            OperationStatus.DestinationTooSmall => throw CallErrors.ItemTooLarge(_call.Method, max),
            _ => throw CallErrors.ItemUnreadable(_call.Method),
        };
    }

    private sealed class Items<T>(InboundArguments arguments, int index, RpcSerializer<T> serializer)
        : IAsyncEnumerable<T>
    {
        public IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default) =>
            arguments.EnumerateAsync(index, serializer, cancellationToken);
    }

    private sealed class Unheard<T> : IProgress<T>
    {
        internal static readonly Unheard<T> Instance = new();

        public void Report(T value)
        {
        }
    }
}
