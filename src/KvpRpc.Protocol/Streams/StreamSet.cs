using System.Buffers;
using System.Text;
using KvpRpc.Protocol.Hellos;
using KvpRpc.Protocol.Links;

namespace KvpRpc.Protocol.Streams;

/// <summary>The streams of one open link: opens, sends, resets and credit, without packets, items or time.</summary>
/// <remarks>
/// Commands: <see cref="Open"/>, <see cref="Send"/>, <see cref="End"/>, <see cref="Reset"/>, <see cref="Consume"/>.
/// Handlers: <see cref="FrameIntake"/> takes the frames of the peer's packets. Outputs: <see cref="FrameFiller"/> fills
/// packets; <see cref="Events"/>. A peer that breaks the rules makes a handler answer what it broke; nothing throws.
/// </remarks>
internal sealed class StreamSet
{
    private readonly Dictionary<ulong, EngineStream> _byId = [];
    private readonly Queue<EngineStream> _awaitingOpen = new();
    private readonly HelloLimits _peer;
    private readonly LinkOptions _options;
    private readonly ulong _ownParity;
    private ulong _ownOpened;
    private ulong _peerOpened;
    private ulong _peerOpenLimit;
    private int _unopenedCount;

    internal StreamSet(LinkOptions options, HelloLimits peer, Queue<LinkEvent> events)
    {
        _options = options;
        _peer = peer;
        _ownParity = options.IsHost ? 0u : 1u;
        _peerOpenLimit = (ulong)options.MaxStreams;
        OwnOpenLimit = peer.MaxStreams;
        Events = events;
        Budget = new(options.ReceiveBudget);
        Filler = new(this, (ulong)options.MaxStreams);
        Intake = new(this);
    }

    internal Queue<LinkEvent> Events { get; }

    internal FrameFiller Filler { get; }

    internal FrameIntake Intake { get; }

    internal ReceiveBudget Budget { get; }

    internal NameTable OwnNames { get; } = new();

    internal NameTable PeerNames { get; } = new();

    /// <summary>Gets how many streams this side may open in all since the link opened; raised by the peer.</summary>
    internal ulong OwnOpenLimit { get; private set; }

    /// <summary>Gets how many streams are open or wait to be: while there is one, silence means something.</summary>
    internal int ActiveCount => _byId.Count + _unopenedCount;

    /// <summary>Gets how many streams wait for the peer's leave to open.</summary>
    internal int AwaitingOpenCount => _awaitingOpen.Count;

    /// <summary>Gets the size of the buffers of messages that are being received.</summary>
    internal long AssemblyBytes => _byId.Values.Sum(static stream => (long)(stream.Assembly?.Length ?? 0));

    internal int MaxMessageBytes => _options.MaxMessageBytes;

    /// <summary>Opens a stream; its first message opens it on the wire.</summary>
    /// <exception cref="ArgumentException">The name is empty or longer than <see cref="NameTable.MaxNameBytes"/>: the
    /// peer would end the link for it.</exception>
    internal EngineStream Open(string name, byte priority, object? owner)
    {
        if (name.Length == 0 || Encoding.UTF8.GetByteCount(name) > NameTable.MaxNameBytes)
        {
            throw new ArgumentException(
                $"A stream's name has 1 to {NameTable.MaxNameBytes} bytes of UTF-8.", nameof(name));
        }

        _unopenedCount++;
        return new(this, name, priority, isOwn: true)
        {
            Owner = owner,
            SendLimit = _peer.StreamWindow,
            ReceiveLimit = _options.StreamWindow,
        };
    }

    /// <summary>Gives a message to be sent; the caller keeps the bytes unchanged until SendCompleted, and sends no
    /// other before. False when the stream is closed or its own direction has ended.</summary>
    internal bool Send(EngineStream stream, ReadOnlyMemory<byte> message, bool endOfStream)
    {
        if (message.Length > _peer.MaxMessageBytes)
            throw new ArgumentOutOfRangeException(nameof(message), "The message is larger than the peer takes.");
        return SetPending(stream, message, endOfStream, isBareEnd: false);
    }

    /// <summary>Ends the own direction without a message.</summary>
    internal bool End(EngineStream stream) => SetPending(stream, default, endOfStream: true, isBareEnd: true);

    /// <summary>Gives a stream up in both directions.</summary>
    internal void Reset(EngineStream stream, uint code)
    {
        if (stream.IsClosed)
            return;
        if (stream.Id is { } id)
            Filler.QueueReset(id, code);
        Close(stream);
    }

    /// <summary>Takes note that the application is done with a received message of so many bytes.</summary>
    internal void Consume(EngineStream stream, int bytes)
    {
        stream.ConsumedOffset += bytes + EngineStream.MessageCost;
        if (IsLarge(bytes) && stream.Reserved > 0)
            GiveBack(stream, Math.Min(stream.Reserved, bytes));
        if (stream.IsClosed)
        {
            // What small messages of a closed stream kept reserved is known to be free only when all are consumed.
            if (stream.ConsumedOffset >= stream.DeliveredOffset)
                GiveBack(stream, stream.Reserved);
            NotePeerStreamGone(stream);
            return;
        }

        if (stream.ReceiveEnded)
        {
            CloseIfDone(stream);
            return;
        }

        long target = stream.ConsumedOffset + _options.StreamWindow;
        if (target > stream.ReceiveLimit)
        {
            // Half a window at a time: a credit frame for every small message would cost more than it gives.
            if (target - stream.ReceiveLimit >= _options.StreamWindow / 2)
                Filler.QueueStreamCredit(stream);
        }
    }

    internal void RaiseReceiveLimit(EngineStream stream)
    {
        long target = stream.ConsumedOffset + _options.StreamWindow;
        if (stream.IsAssemblyReserved && stream.Assembly is not null)
            target = Math.Max(target, stream.ReceiveOffset + stream.AssemblyLength - stream.AssemblyFilled);
        stream.ReceiveLimit = Math.Max(stream.ReceiveLimit, target);
    }

    /// <summary>Drops everything, at the end of the link.</summary>
    internal void Clear()
    {
        foreach (EngineStream stream in _byId.Values)
            DropAssembly(stream);
        _byId.Clear();
    }

    internal void RaiseOwnOpenLimit(ulong limit)
    {
        if (limit <= OwnOpenLimit)
            return;
        OwnOpenLimit = limit;
        AdmitWaiting();
    }

    /// <summary>Lets streams that waited for the peer's leave to open take their turn.</summary>
    internal void AdmitWaiting()
    {
        while (_awaitingOpen.Count > 0 && _ownOpened + (ulong)Filler.UnopenedQueued < OwnOpenLimit)
            Filler.Enqueue(_awaitingOpen.Dequeue());
    }

    /// <summary>Whether memory for a message of this size is set aside before more than a window of it is taken
    /// in.</summary>
    /// <remarks>A smaller one always finds credit: half a window is given back at a time.</remarks>
    internal bool IsLarge(int messageBytes) => messageBytes + EngineStream.MessageCost > _options.StreamWindow / 2;

    /// <summary>Gives the number of a stream whose first frame is about to be issued.</summary>
    internal ulong NextOwnId => (_ownOpened << 1) | _ownParity;

    internal void HoldUntilMayOpen(EngineStream stream) => _awaitingOpen.Enqueue(stream);

    internal void NoteOpened(EngineStream stream, ulong packetNumber)
    {
        stream.Id = NextOwnId;
        stream.OpenedIn = packetNumber;
        _ownOpened++;
        _unopenedCount--;
        _byId.Add(stream.Id.Value, stream);
    }

    internal bool IsOwnId(ulong id) => (id & 1) == _ownParity;

    /// <summary>Finds a stream; null for one that is gone. <paramref name="neverOpened"/> says that there never was
    /// one.</summary>
    internal EngineStream? Find(ulong id, out bool neverOpened)
    {
        neverOpened = id >> 1 >= (IsOwnId(id) ? _ownOpened : _peerOpened);
        return _byId.GetValueOrDefault(id);
    }

    /// <summary>Takes a stream that the peer opens; null when it may not, or not with this number.</summary>
    internal EngineStream? Accept(ulong id, string name, byte priority)
    {
        if (IsOwnId(id) || id >> 1 != _peerOpened || _peerOpened >= _peerOpenLimit)
            return null;
        _peerOpened++;
        EngineStream stream = new(this, name, priority, isOwn: false)
        {
            Id = id,
            SendLimit = _peer.StreamWindow,
            ReceiveLimit = _options.StreamWindow,
        };
        _byId.Add(id, stream);
        Events.Enqueue(new(LinkEventKind.StreamOpened) { Stream = stream });
        return stream;
    }

    /// <summary>Closes a stream whose both directions have ended.</summary>
    internal void CloseIfDone(EngineStream stream)
    {
        if (stream is { IsClosed: false, SendEnded: true, ReceiveEnded: true })
            Close(stream);
    }

    internal void Close(EngineStream stream)
    {
        if (stream.IsClosed)
            return;
        stream.IsClosed = true;
        stream.HasPending = false;
        stream.Pending = default;
        if (stream.Id is { } id)
            _byId.Remove(id);
        else
            ForgetUnopened(stream);
        DropAssembly(stream);
        // What the application still holds of a closed stream stays reserved until it is consumed.
        Budget.Leave(stream);
        GiveBack(stream, stream.Reserved - (int)Math.Min(
            stream.Reserved, stream.DeliveredOffset - stream.ConsumedOffset));
        NotePeerStreamGone(stream);
    }

    private void GiveBack(EngineStream stream, int bytes)
    {
        stream.Reserved -= bytes;
        Budget.Release(bytes);
        while (Budget.Serve() is { } served)
            Filler.QueueStreamCredit(served);
    }

    private bool SetPending(EngineStream stream, ReadOnlyMemory<byte> message, bool endOfStream, bool isBareEnd)
    {
        if (stream.IsClosed || stream.SendEnded)
            return false;
        if (stream.HasPending)
            throw new InvalidOperationException("A message of the stream is being sent.");
        stream.HasPending = true;
        stream.Pending = message;
        stream.PendingIsBareEnd = isBareEnd;
        stream.PendingEndsStream = endOfStream;
        stream.PendingSent = 0;
        stream.PendingBegun = false;
        Filler.Enqueue(stream);
        return true;
    }

    private void NotePeerStreamGone(EngineStream stream)
    {
        // A stream counts until its messages are consumed: a peer that opens and ends streams nobody reads is bounded
        // too.
        if (stream.IsOwn || stream.CountedGone || stream.ConsumedOffset < stream.DeliveredOffset)
            return;
        stream.CountedGone = true;
        _peerOpenLimit++;
        Filler.NoteOpenCredit(_peerOpened, _peerOpenLimit, _options.MaxStreams);
    }

    private void ForgetUnopened(EngineStream stream)
    {
        _unopenedCount--;
        if (stream.IsQueued || !_awaitingOpen.Contains(stream))
            return;
        for (int i = _awaitingOpen.Count; i > 0; i--)
        {
            EngineStream next = _awaitingOpen.Dequeue();
            if (next != stream)
                _awaitingOpen.Enqueue(next);
        }
    }

    private static void DropAssembly(EngineStream stream)
    {
        if (stream.Assembly is null)
            return;
        ArrayPool<byte>.Shared.Return(stream.Assembly);
        stream.Assembly = null;
    }
}
