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
    private static readonly UTF8Encoding StrictUtf8 =
        new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
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
                FrameType.Reset => TakeReset(body),
                FrameType.StreamCredit => TakeStreamCredit(body),
                FrameType.OpenCredit => TakeOpenCredit(body),
                FrameType.Close => TakeClose(body),
                FrameType.AlphabetReport => TakeReport(body),
                _ => null,
            };
            if (broken is not null)
                return broken;
        }

        return null;
    }

    private string? TakeStream(StreamFlags flags, ReadOnlySpan<byte> body)
    {
        WireReader reader = new(body);
        if (!reader.TryReadVarInt(out ulong id))
            return "a stream frame has no stream number";
        EngineStream? stream;
        if ((flags & StreamFlags.Open) != 0)
        {
            if (TakeOpen(ref reader, id, out stream) is { } broken)
                return broken;
        }
        else
        {
            stream = _streams.Find(id, out bool neverOpened);
            if (neverOpened)
                return "a frame names a stream that was never opened";
        }

        ulong total = 0;
        if ((flags & StreamFlags.FirstPart) != 0 && !reader.TryReadVarInt(out total))
            return "the first part of a message does not say how long the message is";

        // Frames of a stream that this side has reset may still be on their way: they count for nothing.
        return stream is null ? null : TakeData(stream, flags, total, reader.Rest);
    }

    private string? TakeOpen(ref WireReader reader, ulong id, out EngineStream? stream)
    {
        stream = null;
        if (!reader.TryReadVarInt(out ulong nameKey))
            return "an opening frame has no name";
        string? name;
        if ((nameKey & 1) != 0)
        {
            if (!reader.TryReadPrefixed(out ReadOnlySpan<byte> bytes) || bytes.Length is 0 or > NameTable.MaxNameBytes)
                return "a stream's name is missing or too long";
            name = ReadName(bytes);
            if (name is null || !_streams.PeerNames.TryLearn(nameKey >> 1, name))
                return "a stream's name is not UTF-8 or has a number out of turn";
        }
        else
        {
            name = _streams.PeerNames.Find(nameKey >> 1);
        }

        if (name is null || !reader.TryReadByte(out byte priority))
            return "an opening frame names no known name or no priority";
        stream = _streams.Accept(id, name, priority);
        return stream is null ? "a stream was opened out of turn or beyond the credit" : null;
    }

    private static string? ReadName(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private string? TakeData(EngineStream stream, StreamFlags flags, ulong total, ReadOnlySpan<byte> data)
    {
        if (stream.ReceiveEnded)
            return "a stream goes on after its end";
        bool endsMessage = (flags & StreamFlags.EndOfMessage) != 0;
        bool isBareEnd = (flags & (StreamFlags.EndOfMessage | StreamFlags.FirstPart)) == 0 && data.IsEmpty
            && (flags & StreamFlags.EndOfStream) != 0;
        if (isBareEnd)
            return stream.Assembly is null ? EndReceive(stream) : "a stream ends within a message";

        if (stream.Assembly is null)
        {
            int length = endsMessage ? data.Length : (int)Math.Min(total, int.MaxValue);
            if (length > _streams.MaxMessageBytes)
                return "a message is larger than this side takes";
            if (!endsMessage && ((flags & StreamFlags.FirstPart) == 0 || data.Length >= length))
                return "a message does not begin with its length";
            stream.ReceiveOffset += EngineStream.MessageCost;
            stream.Assembly = ArrayPool<byte>.Shared.Rent(endsMessage ? length : FirstBuffer(length, data.Length));
            stream.AssemblyLength = length;
            stream.AssemblyFilled = 0;
            if (!endsMessage && _streams.IsLarge(length) && _streams.Budget.TryReserve(stream, length))
                _streams.Filler.QueueStreamCredit(stream);
        }
        else if ((flags & StreamFlags.FirstPart) != 0)
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
            return (flags & StreamFlags.EndOfStream) != 0 ? "a stream ends within a message" : null;
        return stream.AssemblyFilled == stream.AssemblyLength
            ? Deliver(stream, (flags & StreamFlags.EndOfStream) != 0)
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

    private string? TakeReset(ReadOnlySpan<byte> body)
    {
        WireReader reader = new(body);
        if (!reader.TryReadVarInt(out ulong id) || !reader.TryReadVarInt(out ulong code) || code > uint.MaxValue)
            return "a reset frame is cut short";
        EngineStream? stream = _streams.Find(id, out bool neverOpened);
        if (neverOpened)
            return "a reset names a stream that was never opened";
        if (stream is null)
            return null;
        _streams.Close(stream);
        _streams.Events.Enqueue(new(LinkEventKind.StreamReset) { Stream = stream, ResetCode = (uint)code });
        return null;
    }

    private string? TakeStreamCredit(ReadOnlySpan<byte> body)
    {
        WireReader reader = new(body);
        if (!reader.TryReadVarInt(out ulong id) || !reader.TryReadVarInt(out ulong limit) || limit > long.MaxValue)
            return "a credit frame is cut short";
        EngineStream? stream = _streams.Find(id, out bool neverOpened);
        if (neverOpened)
            return "a credit names a stream that was never opened";
        if (stream is not null && (long)limit > stream.SendLimit)
        {
            stream.SendLimit = (long)limit;
            _streams.Filler.Enqueue(stream);
        }

        return null;
    }

    private string? TakeOpenCredit(ReadOnlySpan<byte> body)
    {
        WireReader reader = new(body);
        if (!reader.TryReadVarInt(out ulong limit))
            return "an open-credit frame is cut short";
        _streams.RaiseOwnOpenLimit(limit);
        return null;
    }

    private string? TakeReport(ReadOnlySpan<byte> body)
    {
        WireReader reader = new(body);
        if (!reader.TryReadVarInt(out ulong number) || !reader.TryReadVarInt(out ulong index)
            || !reader.TryReadVarInt(out ulong units))
            return "a report on an alphabet is cut short";
        if (Math.Max(number, Math.Max(index, units)) <= ushort.MaxValue)
            Reports.Enqueue(new((int)number, (int)index, (int)units));
        return null;
    }

    private string? TakeClose(ReadOnlySpan<byte> body)
    {
        WireReader reader = new(body);
        if (!reader.TryReadVarInt(out ulong code) || code > uint.MaxValue)
            return "a close frame is cut short";
        PeerClose = new((uint)code, Encoding.UTF8.GetString(reader.Rest[..Math.Min(reader.Rest.Length, LinkClose.MaxTextBytes)]));
        return null;
    }
}
