using System.Text;
using KvpRpc.Protocol.Frames;
using KvpRpc.Protocol.Links;
using KvpRpc.Protocol.Wire;

namespace KvpRpc.Protocol.Streams;

/// <summary>Fills packets with frames: first what keeps the peer going, then control streams, small messages in turn,
/// and the parts of large ones, which get a packet of every four even when small messages never end.</summary>
internal sealed class FrameFiller
{
    /// <summary>A message with more than this left is a transfer, whatever its stream's priority says.</summary>
    internal const int SmallBytes = 8 << 10;

    private const byte BulkPriority = 1;
    private const byte ControlPriority = 2;
    private const int BulkTurn = 4;

    // A smaller part of a larger message waits for the next packet rather than to pay for a frame of its own.
    private const int MinPart = 24;

    private readonly StreamSet _streams;
    private readonly Queue<EngineStream> _control = new();
    private readonly Queue<EngineStream> _small = new();
    private readonly Queue<EngineStream> _bulk = new();
    private readonly Queue<(ulong Id, uint Code)> _resets = new();
    private readonly Queue<AlphabetReport> _reports = new();
    private readonly Queue<EngineStream> _credits = new();
    private ulong _openCreditDue;
    private bool _openCreditUrgent;
    private ulong _announced;
    private LinkClose? _close;
    private int _packetsSinceBulk;
    private ulong _packetNumber;

    internal FrameFiller(StreamSet streams, ulong announcedOpenLimit)
    {
        _streams = streams;
        _announced = announcedOpenLimit;
    }

    /// <summary>Gets how many frames and streams wait for a packet.</summary>
    internal int QueuedCount =>
        _control.Count + _small.Count + _bulk.Count + _resets.Count + _reports.Count + _credits.Count;

    /// <summary>Gets whether there is something that is worth a write of its own.</summary>
    internal bool HasUrgent =>
        _control.Count > 0 || _small.Count > 0 || _bulk.Count > 0 || _resets.Count > 0 || _credits.Count > 0
        || _reports.Count > 0 || _openCreditUrgent || _close is not null;

    /// <summary>Gets whether only transfers wait: they leave the last slots to others.</summary>
    internal bool HasOnlyBulk =>
        _bulk.Count > 0 && _control.Count == 0 && _small.Count == 0 && _resets.Count == 0 && _credits.Count == 0
        && _reports.Count == 0 && _close is null;

    /// <summary>Gets whether a transfer waits.</summary>
    internal bool HasBulk => _bulk.Count > 0;

    /// <summary>Gets how many queued streams will open when their turn comes.</summary>
    internal int UnopenedQueued { get; private set; }

    internal void Enqueue(EngineStream stream)
    {
        if (stream.IsQueued || stream.Sendable < 0)
            return;
        if (stream.Id is null)
        {
            if (_streams.NextOwnId >> 1 >= _streams.OwnOpenLimit - (ulong)UnopenedQueued)
            {
                _streams.HoldUntilMayOpen(stream);
                return;
            }

            UnopenedQueued++;
        }

        stream.IsQueued = true;
        QueueFor(stream).Enqueue(stream);
    }

    internal void QueueReset(ulong id, uint code) => _resets.Enqueue((id, code));

    internal void QueueReport(in AlphabetReport report) => _reports.Enqueue(report);

    internal void QueueStreamCredit(EngineStream stream)
    {
        if (stream.CreditDue)
            return;
        stream.CreditDue = true;
        _credits.Enqueue(stream);
    }

    internal void NoteOpenCredit(ulong opened, ulong limit, int maxStreams)
    {
        _openCreditDue = limit;
        // Worth a write of its own only when the peer runs short; otherwise it rides along.
        _openCreditUrgent = limit - opened >= (ulong)maxStreams / 2 && _announced - opened < (ulong)maxStreams / 2;
    }

    internal void QueueClose(LinkClose close) => _close = close;

    /// <summary>Fills a packet and gives how many bytes it took; 0 when there is nothing to send.</summary>
    /// <param name="destination">Receives the frames.</param>
    /// <param name="packetNumber">The number that the packet will have.</param>
    internal int Fill(Span<byte> destination, ulong packetNumber)
    {
        _packetNumber = packetNumber;
        WireWriter writer = new(destination);
        WriteControlFrames(ref writer);
        _packetsSinceBulk++;
        if (_packetsSinceBulk >= BulkTurn && _bulk.Count > 0)
            WriteStreams(ref writer, _bulk);
        WriteStreams(ref writer, _control);
        WriteStreams(ref writer, _small);
        WriteStreams(ref writer, _bulk);
        if (writer.Written > 0)
            WriteOpenCredit(ref writer);
        return writer.Written;
    }

    private Queue<EngineStream> QueueFor(EngineStream stream) => stream.Priority switch
    {
        ControlPriority when stream.PendingRemaining <= SmallBytes => _control,
        BulkPriority => _bulk,
        _ => stream.PendingRemaining <= SmallBytes ? _small : _bulk,
    };

    private void WriteControlFrames(ref WireWriter writer)
    {
        if (_close is not null)
        {
            if (!_close.TryWrite(ref writer))
                return;
            _close = null;
        }

        while (_resets.TryPeek(out (ulong Id, uint Code) reset))
        {
            if (!new NumberFrame(FrameType.Reset, reset.Id, reset.Code).TryWrite(ref writer))
                return;
            _resets.Dequeue();
        }

        while (_reports.TryPeek(out AlphabetReport report))
        {
            NumberFrame frame = new(
                FrameType.AlphabetReport, (ulong)report.Number, (ulong)report.Index, (ulong)report.Units);
            if (!frame.TryWrite(ref writer))
                return;
            _reports.Dequeue();
        }

        while (_credits.TryPeek(out EngineStream? stream))
        {
            if (!stream.IsClosed)
            {
                _streams.RaiseReceiveLimit(stream);
                NumberFrame frame = new(FrameType.StreamCredit, stream.Id!.Value, (ulong)stream.ReceiveLimit);
                if (!frame.TryWrite(ref writer))
                    return;
            }

            stream.CreditDue = false;
            _credits.Dequeue();
        }

        if (_openCreditUrgent)
            WriteOpenCredit(ref writer);
    }

    private void WriteOpenCredit(ref WireWriter writer)
    {
        if (_openCreditDue == 0 || !new NumberFrame(FrameType.OpenCredit, _openCreditDue).TryWrite(ref writer))
            return;
        _announced = _openCreditDue;
        _openCreditDue = 0;
        _openCreditUrgent = false;
    }

    /// <summary>Writes from each stream of a queue in turn until the packet is full.</summary>
    private void WriteStreams(ref WireWriter writer, Queue<EngineStream> queue)
    {
        while (queue.TryPeek(out EngineStream? stream))
        {
            if (!stream.IsClosed && stream.Sendable >= 0)
            {
                if (!TryWritePart(ref writer, stream))
                    return;
                if (queue == _bulk)
                    _packetsSinceBulk = 0;
            }
            else if (stream.Id is null)
            {
                UnopenedQueued--;
                _streams.AdmitWaiting();
            }

            // To the back of its queue, or of another: what is left of a transfer may have become small.
            queue.Dequeue();
            stream.IsQueued = false;
            if (!stream.IsClosed && stream.Id is not null)
                Enqueue(stream);
        }
    }

    /// <summary>Writes as much of what a stream has pending as fits; false when nothing fits.</summary>
    private bool TryWritePart(ref WireWriter writer, EngineStream stream)
    {
        bool opens = stream.Id is null;
        bool isDefined = true;
        ulong nameNumber = opens ? _streams.OwnNames.Peek(stream.Name, out isDefined) : 0;
        byte[] name = isDefined ? [] : Encoding.UTF8.GetBytes(stream.Name);
        StreamFrame frame = new()
        {
            Flags = opens ? StreamFlags.Open : StreamFlags.None,
            Stream = stream.Id ?? _streams.NextOwnId,
            NameNumber = nameNumber,
            ToldName = name,
            Priority = stream.Priority,
        };

        int remaining = stream.PendingRemaining;
        int sendable = (int)stream.Sendable;
        // Type, and a body length of up to two bytes: an item never holds more than 2 KiB.
        int room = writer.Room - 3 - frame.HeadSize;
        if (room < 0)
            return false;
        bool isWhole = sendable == remaining && remaining <= room;
        bool isFirstPart = !isWhole && !stream.PendingBegun;
        if (isFirstPart)
            room -= VarInt.Size((ulong)stream.Pending.Length);
        int part = Math.Min(Math.Min(sendable, remaining), room);
        if (part < 0 || (part == 0 && !isWhole) || (!isWhole && part < Math.Min(remaining, MinPart) && part == room))
            return false;

        bool ends = part == remaining && !isFirstPart;
        StreamFlags more = (ends ? stream.PendingEndFlags : StreamFlags.None)
            | (isFirstPart ? StreamFlags.FirstPart : StreamFlags.None);
        new StreamFrame
        {
            Flags = frame.Flags | more,
            Stream = frame.Stream,
            NameNumber = nameNumber,
            ToldName = name,
            Priority = frame.Priority,
            WholeLength = (ulong)stream.Pending.Length,
            Data = stream.Pending.Span.Slice(stream.PendingSent, part),
        }.Write(ref writer);
        if (opens)
        {
            if (!isDefined)
                _streams.OwnNames.Define(stream.Name, nameNumber);
            UnopenedQueued--;
            _streams.NoteOpened(stream, _packetNumber);
        }

        NoteSent(stream, part, ends);
        return true;
    }

    private void NoteSent(EngineStream stream, int part, bool ends)
    {
        stream.SendOffset += part + (stream.PendingBegun || stream.PendingIsBareEnd ? 0 : EngineStream.MessageCost);
        stream.PendingBegun = true;
        stream.PendingSent += part;
        if (!ends)
            return;
        stream.HasPending = false;
        stream.Pending = default;
        stream.SendEnded = stream.PendingEndsStream;
        _streams.Events.Enqueue(new(LinkEventKind.SendCompleted) { Stream = stream });
        _streams.CloseIfDone(stream);
    }
}
