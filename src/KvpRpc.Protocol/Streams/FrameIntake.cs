using System.Buffers;
using System.Text;
using KvpRpc.Protocol.Frames;
using KvpRpc.Protocol.Links;
using KvpRpc.Protocol.Wire;

namespace KvpRpc.Protocol.Streams;

/// <summary>Takes the frames of the peer's packets, in order. What breaks the protocol is answered with a sentence; the
/// link then ends.</summary>
internal sealed class FrameIntake
{
    private readonly StreamSet _streams;

    internal FrameIntake(StreamSet streams) => _streams = streams;

    /// <summary>Gets the peer's close frame, once there was one.</summary>
    internal LinkClose? PeerClose { get; private set; }

    /// <summary>Gets what the peer has reported on probes of this side, to be taken after each packet.</summary>
    internal Queue<AlphabetReport> Reports { get; } = new();

    /// <summary>Takes all frames of a packet; null when they keep to the protocol, else what they broke.</summary>
    internal string? Take(ReadOnlySpan<byte> frames)
    {
        WireReader reader = new(frames);
        while (!reader.IsEmpty)
        {
            if (!reader.TryReadByte(out byte type) || !reader.TryReadPrefixed(out ReadOnlySpan<byte> body))
                return "a frame is longer than its packet";
            string? broken = (FrameType)type switch
            {
                >= FrameType.Stream and <= FrameType.StreamLast => TakeStream((StreamFlags)(type & 0xF), body),
                FrameType.Reset or FrameType.StreamCredit or FrameType.OpenCredit or FrameType.AlphabetReport =>
                    TakeNumbers((FrameType)type, body),
                FrameType.Close => TakeClose(body),
                _ => null,
            };
            if (broken is not null)
                return broken;
        }

        return null;
    }

    private string? TakeStream(StreamFlags flags, ReadOnlySpan<byte> body)
    {
        if (StreamFrame.TryRead(flags, body, out StreamFrame frame) is { } wrong)
            return wrong;
        EngineStream? stream;
        if ((flags & StreamFlags.Open) != 0)
        {
            if (TakeOpen(frame, out stream) is { } broken)
                return broken;
        }
        else
        {
            stream = _streams.Find(frame.Stream, out bool neverOpened);
            if (neverOpened)
                return "a frame names a stream that was never opened";
        }

        // Frames of a stream that this side has reset may still be on their way: they count for nothing.
        return stream is null ? null : TakeData(stream, frame);
    }

    private string? TakeOpen(in StreamFrame frame, out EngineStream? stream)
    {
        stream = null;
        string? name;
        if (frame.ToldName.IsEmpty)
        {
            name = _streams.PeerNames.Find(frame.NameNumber);
        }
        else
        {
            name = Encoding.UTF8.GetString(frame.ToldName);
            if (!_streams.PeerNames.TryLearn(frame.NameNumber, name))
                return "a stream's name has a number out of turn";
        }

        if (name is null)
            return "an opening frame names no known name";
        // A priority of a later version is the normal one.
        byte priority = frame.Priority > StreamFrame.MaxPriority ? (byte)0 : frame.Priority;
        stream = _streams.Accept(frame.Stream, name, priority);
        return stream is null ? "a stream was opened out of turn or beyond the credit" : null;
    }

    private string? TakeData(EngineStream stream, in StreamFrame frame)
    {
        if (stream.ReceiveEnded)
            return "a stream goes on after its end";
        ReadOnlySpan<byte> data = frame.Data;
        bool endsMessage = (frame.Flags & StreamFlags.EndOfMessage) != 0;
        bool endsStream = (frame.Flags & StreamFlags.EndOfStream) != 0;
        if (endsStream && !endsMessage)
            return stream.Assembly is null ? EndReceive(stream) : "a stream ends within a message";

        bool isFirst = (frame.Flags & StreamFlags.FirstPart) != 0;
        if (stream.Assembly is null)
        {
            int length = endsMessage ? data.Length : (int)Math.Min(frame.WholeLength, int.MaxValue);
            if (length > _streams.MaxMessageBytes)
                return "a message is larger than this side takes";
            if (!endsMessage && !isFirst)
                return "a message does not begin with its length";
            stream.ReceiveOffset += EngineStream.MessageCost;
            stream.Assembly = ArrayPool<byte>.Shared.Rent(endsMessage ? length : FirstBuffer(length, data.Length));
            stream.AssemblyLength = length;
            stream.AssemblyFilled = 0;
            if (!endsMessage && _streams.IsLarge(length) && _streams.Budget.TryReserve(stream, length))
                _streams.Filler.QueueStreamCredit(stream);
        }
        else if (isFirst)
        {
            return "a message begins within another";
        }

        stream.ReceiveOffset += data.Length;
        if (stream.ReceiveOffset > stream.ReceiveLimit)
            return "a stream went beyond its credit";
        if (data.Length > stream.AssemblyLength - stream.AssemblyFilled)
            return "a message is longer than it said";
        Append(stream, data);
        if (!endsMessage)
            return null;
        return stream.AssemblyFilled == stream.AssemblyLength
            ? Deliver(stream, endsStream)
            : "a message is shorter than it said";
    }

    // A length that was only announced costs no memory: the buffer grows with what has come.
    private static int FirstBuffer(int length, int firstPart) => Math.Min(length, Math.Max(4096, firstPart * 2));

    private static void Append(EngineStream stream, ReadOnlySpan<byte> data)
    {
        byte[] buffer = stream.Assembly!;
        if (stream.AssemblyFilled + data.Length > buffer.Length)
        {
            int size = Math.Min(stream.AssemblyLength,
                Math.Max(buffer.Length * 2, stream.AssemblyFilled + data.Length));
            byte[] larger = ArrayPool<byte>.Shared.Rent(size);
            buffer.AsSpan(0, stream.AssemblyFilled).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(buffer);
            stream.Assembly = buffer = larger;
        }

        data.CopyTo(buffer.AsSpan(stream.AssemblyFilled));
        stream.AssemblyFilled += data.Length;
    }

    private string? Deliver(EngineStream stream, bool endsStream)
    {
        byte[] buffer = stream.Assembly!;
        int length = stream.AssemblyLength;
        stream.Assembly = null;
        stream.IsAssemblyReserved = false;
        _streams.Budget.Leave(stream);
        stream.DeliveredOffset += length + EngineStream.MessageCost;
        stream.ReceiveEnded = endsStream;
        _streams.Events.Enqueue(new(LinkEventKind.Message)
        {
            Stream = stream,
            Buffer = buffer,
            Length = length,
            EndOfStream = endsStream,
        });
        _streams.CloseIfDone(stream);
        return null;
    }

    private string? EndReceive(EngineStream stream)
    {
        stream.ReceiveEnded = true;
        _streams.Events.Enqueue(new(LinkEventKind.Message) { Stream = stream, EndOfStream = true });
        _streams.CloseIfDone(stream);
        return null;
    }

    private string? TakeNumbers(FrameType type, ReadOnlySpan<byte> body)
    {
        if (!NumberFrame.TryRead(type, body, out NumberFrame frame))
            return "a frame does not have the numbers of its type";
        switch (type)
        {
            case FrameType.Reset:
                return TakeReset(frame.First, (uint)frame.Second);
            case FrameType.StreamCredit:
                return TakeStreamCredit(frame.First, (long)frame.Second);
            case FrameType.OpenCredit:
                _streams.RaiseOwnOpenLimit(frame.First);
                return null;
            default:
                // A report on anything that this side never probes says nothing.
                if (Math.Max(frame.First, Math.Max(frame.Second, frame.Third)) <= ushort.MaxValue)
                    Reports.Enqueue(new((int)frame.First, (int)frame.Second, (int)frame.Third));
                return null;
        }
    }

    private string? TakeReset(ulong id, uint code)
    {
        EngineStream? stream = _streams.Find(id, out bool neverOpened);
        if (neverOpened)
            return "a reset names a stream that was never opened";
        if (stream is null)
            return null;
        _streams.Close(stream);
        _streams.Events.Enqueue(new(LinkEventKind.StreamReset) { Stream = stream, ResetCode = code });
        return null;
    }

    private string? TakeStreamCredit(ulong id, long limit)
    {
        EngineStream? stream = _streams.Find(id, out bool neverOpened);
        if (neverOpened)
            return "a credit names a stream that was never opened";
        if (stream is not null && limit > stream.SendLimit)
        {
            stream.SendLimit = limit;
            _streams.Filler.Enqueue(stream);
        }

        return null;
    }

    private string? TakeClose(ReadOnlySpan<byte> body)
    {
        PeerClose = LinkClose.TryRead(body);
        return PeerClose is null ? "a close frame has no code, or no text that can be read" : null;
    }
}
