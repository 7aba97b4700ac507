using System.Text.Unicode;
using KvpRpc.Protocol.Wire;

namespace KvpRpc.Protocol.Frames;

/// <summary>A part of a stream: what the frame says by itself, whatever went before.</summary>
/// <remarks>
/// <code>
/// stream number | name key [length, name] priority | whole length | data
///    varint       with <see cref="StreamFlags.Open"/>       with <see cref="StreamFlags.FirstPart"/>
/// </code>
/// See <c>protocol/streams.md</c>, "The stream frame".
/// </remarks>
internal readonly ref struct StreamFrame
{
    /// <summary>How many names a direction may number; further ones cross whole each time, under number 0.</summary>
    internal const int MaxNames = 1024;

    /// <summary>The longest name, in bytes of UTF-8.</summary>
    internal const int MaxNameBytes = 255;

    /// <summary>The highest priority that this version knows.</summary>
    internal const byte MaxPriority = 2;

    internal required StreamFlags Flags { get; init; }

    internal required ulong Stream { get; init; }

    /// <summary>Gets the name's number in the table of its direction, 0 for none; of an opening frame.</summary>
    internal ulong NameNumber { get; init; }

    /// <summary>Gets the name in UTF-8 where it is told; empty where its number is enough.</summary>
    internal ReadOnlySpan<byte> ToldName { get; init; }

    internal byte Priority { get; init; }

    /// <summary>Gets the length of the message that the frame is the first part of.</summary>
    internal ulong WholeLength { get; init; }

    internal ReadOnlySpan<byte> Data { get; init; }

    /// <summary>Gets the size of the body without the data.</summary>
    internal int HeadSize
    {
        get
        {
            int size = VarInt.Size(Stream);
            if ((Flags & StreamFlags.Open) != 0)
                size += VarInt.Size(NameKey) + 1 + (ToldName.IsEmpty
                    ? 0
                    : VarInt.Size((ulong)ToldName.Length) + ToldName.Length);
            return (Flags & StreamFlags.FirstPart) != 0 ? size + VarInt.Size(WholeLength) : size;
        }
    }

    private ulong NameKey => (NameNumber << 1) | (ToldName.IsEmpty ? 0u : 1u);

    /// <summary>Writes the frame; the caller has seen to the room.</summary>
    internal void Write(ref WireWriter writer)
    {
        writer.WriteByte((byte)((byte)FrameType.Stream | (byte)Flags));
        writer.WriteVarInt((ulong)(HeadSize + Data.Length));
        writer.WriteVarInt(Stream);
        if ((Flags & StreamFlags.Open) != 0)
        {
            writer.WriteVarInt(NameKey);
            if (!ToldName.IsEmpty)
                writer.WritePrefixed(ToldName);
            writer.WriteByte(Priority);
        }

        if ((Flags & StreamFlags.FirstPart) != 0)
            writer.WriteVarInt(WholeLength);
        writer.WriteBytes(Data);
    }

    /// <summary>Reads the body of a frame with these flags; null, or what is wrong with it.</summary>
    internal static string? TryRead(StreamFlags flags, ReadOnlySpan<byte> body, out StreamFrame frame)
    {
        frame = default;
        WireReader reader = new(body);
        if (!reader.TryReadVarInt(out ulong stream))
            return "a stream frame has no stream number";
        bool opens = (flags & StreamFlags.Open) != 0;
        ulong nameKey = 0;
        ReadOnlySpan<byte> name = default;
        byte priority = 0;
        if (opens)
        {
            if (!reader.TryReadVarInt(out nameKey) || ((nameKey & 1) != 0 && !reader.TryReadPrefixed(out name)))
                return "an opening frame has no name";
            if ((nameKey & 1) == 0 ? nameKey == 0 : name.Length is 0 or > MaxNameBytes || !Utf8.IsValid(name))
                return "a stream's name is missing, too long or not UTF-8";
            if (nameKey >> 1 > MaxNames || !reader.TryReadByte(out priority))
                return "an opening frame names no known name or no priority";
        }

        bool isFirst = (flags & StreamFlags.FirstPart) != 0;
        bool endsMessage = (flags & StreamFlags.EndOfMessage) != 0;
        bool endsStream = (flags & StreamFlags.EndOfStream) != 0;
        ulong whole = 0;
        if (isFirst && (!reader.TryReadVarInt(out whole) || whole <= (ulong)reader.Rest.Length
            || endsMessage || endsStream))
            return "the first part of a message is not a part, or does not say how long the message is";
        if (opens && !isFirst && !endsMessage && !endsStream)
            return "a stream opens with nothing";
        if (endsStream && !endsMessage && !reader.IsEmpty)
            return "a stream ends within a message";
        frame = new()
        {
            Flags = flags,
            Stream = stream,
            NameNumber = nameKey >> 1,
            ToldName = name,
            Priority = priority,
            WholeLength = whole,
            Data = reader.Rest,
        };
        return null;
    }
}
