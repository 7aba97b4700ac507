using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Text;
using MessagePack;

namespace KvpRpc.Generated;

/// <summary>How values cross for which MessagePack has no token of its own, byte for byte as MessagePack-CSharp writes
/// them. For generated code.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
[SuppressMessage("Design", "CA1045", Justification = "MessagePackReader and -Writer are ref structs.")]
public static class RpcValues
{
    private const int DecimalTextMax = 31;
    private const int GuidTextLength = 36;
    private const int BigIntegerBytesMax = byte.MaxValue;

    /// <summary>Writes the text of a decimal.</summary>
    public static void Write(ref MessagePackWriter writer, decimal value)
    {
        // The text is 31 bytes at most (a sign, 29 digits, a point): a token of one byte tells its length.
        Span<byte> token = writer.GetSpan(1 + DecimalTextMax);
        Utf8Formatter.TryFormat(value, token[1..], out int length);
        token[0] = (byte)(MessagePackCode.MinFixStr | length);
        writer.Advance(1 + length);
    }

    /// <summary>Reads the text of a decimal.</summary>
    public static decimal ReadDecimal(ref MessagePackReader reader)
    {
        ReadOnlySpan<byte> text = ReadText(ref reader, "decimal");
        return Utf8Parser.TryParse(text, out decimal value, out int consumed) && consumed == text.Length
            ? value
            : throw new MessagePackSerializationException("The text is not a decimal number.");
    }

    /// <summary>Writes the text of a Guid.</summary>
    public static void Write(ref MessagePackWriter writer, Guid value)
    {
        writer.WriteStringHeader(GuidTextLength);
        Utf8Formatter.TryFormat(value, writer.GetSpan(GuidTextLength), out _);
        writer.Advance(GuidTextLength);
    }

    /// <summary>Reads the text of a Guid.</summary>
    public static Guid ReadGuid(ref MessagePackReader reader)
    {
        ReadOnlySpan<byte> text = ReadText(ref reader, "Guid");
        return text.Length == GuidTextLength && Utf8Parser.TryParse(text, out Guid value, out int consumed)
            && consumed == GuidTextLength
            ? value
            : throw new MessagePackSerializationException("The text is not a Guid.");
    }

    /// <summary>Writes the local time, as if it were UTC, and the offset in minutes.</summary>
    public static void Write(ref MessagePackWriter writer, DateTimeOffset value)
    {
        writer.WriteArrayHeader(2);
        writer.Write(new DateTime(value.Ticks, DateTimeKind.Utc));
        writer.Write((short)value.Offset.TotalMinutes);
    }

    /// <summary>Reads the local time, as if it were UTC, and the offset in minutes.</summary>
    public static DateTimeOffset ReadDateTimeOffset(ref MessagePackReader reader)
    {
        RpcReading.EnterArray(ref reader, 2);
        long ticks = reader.ReadDateTime().Ticks;
        var offset = TimeSpan.FromMinutes(reader.ReadInt16());
        reader.Depth--;
        return new DateTimeOffset(ticks, offset);
    }

    /// <summary>Writes the string a Uri was made from, or nil.</summary>
    public static void Write(ref MessagePackWriter writer, Uri? value) => writer.Write(value?.OriginalString);

    /// <summary>Reads a Uri or nil.</summary>
    public static Uri? ReadUri(ref MessagePackReader reader) =>
        reader.ReadString() is { } text ? new Uri(text, UriKind.RelativeOrAbsolute) : null;

    /// <summary>Writes the text of a version, or nil.</summary>
    public static void Write(ref MessagePackWriter writer, Version? value) => writer.Write(value?.ToString());

    /// <summary>Reads a version or nil.</summary>
    public static Version? ReadVersion(ref MessagePackReader reader) =>
        reader.ReadString() is { } text ? new Version(text) : null;

    /// <summary>Writes the text of a string builder, or nil.</summary>
    public static void Write(ref MessagePackWriter writer, StringBuilder? value) => writer.Write(value?.ToString());

    /// <summary>Reads a string builder or nil.</summary>
    public static StringBuilder? ReadStringBuilder(ref MessagePackReader reader) =>
        reader.ReadString() is { } text ? new StringBuilder(text) : null;

    /// <summary>Writes the bytes of an integer of any length, least significant first.</summary>
    public static void Write(ref MessagePackWriter writer, BigInteger value)
    {
        Span<byte> bytes = stackalloc byte[BigIntegerBytesMax];
        if (value.TryWriteBytes(bytes, out int length))
            writer.Write(bytes[..length]);
        else
            writer.Write(value.ToByteArray());
    }

    /// <summary>Reads an integer of any length.</summary>
    public static BigInteger ReadBigInteger(ref MessagePackReader reader) =>
        new(ReadBytes(ref reader, "BigInteger").ToArray());

    /// <summary>Writes the sixteen bytes of an integer, least significant first.</summary>
    public static void Write(ref MessagePackWriter writer, Int128 value)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt128LittleEndian(bytes, value);
        writer.Write(bytes);
    }

    /// <summary>Reads an integer of sixteen bytes.</summary>
    public static Int128 ReadInt128(ref MessagePackReader reader)
    {
        Span<byte> bytes = stackalloc byte[16];
        CopyExactly(ReadBytes(ref reader, "Int128"), bytes);
        return BinaryPrimitives.ReadInt128LittleEndian(bytes);
    }

    /// <summary>Writes the sixteen bytes of an unsigned integer, least significant first.</summary>
    public static void Write(ref MessagePackWriter writer, UInt128 value)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128LittleEndian(bytes, value);
        writer.Write(bytes);
    }

    /// <summary>Reads an unsigned integer of sixteen bytes.</summary>
    public static UInt128 ReadUInt128(ref MessagePackReader reader)
    {
        Span<byte> bytes = stackalloc byte[16];
        CopyExactly(ReadBytes(ref reader, "UInt128"), bytes);
        return BinaryPrimitives.ReadUInt128LittleEndian(bytes);
    }

    /// <summary>Writes a sequence of bytes.</summary>
    public static void Write(ref MessagePackWriter writer, in ReadOnlySequence<byte> value) => writer.Write(value);

    /// <summary>Writes a segment of bytes, or nil if it has no array.</summary>
    public static void Write(ref MessagePackWriter writer, ArraySegment<byte> value)
    {
        if (value.Array is null)
            writer.WriteNil();
        else
            writer.Write(value.AsSpan());
    }

    /// <summary>Reads bytes, also written as an array of numbers, or nil.</summary>
    public static byte[]? ReadByteArray(ref MessagePackReader reader)
    {
        if (reader.NextMessagePackType != MessagePackType.Array)
            return reader.ReadBytes()?.ToArray();
        var bytes = new byte[reader.ReadArrayHeader()];
        for (int i = 0; i < bytes.Length; i++)
            bytes[i] = reader.ReadByte();
        return bytes;
    }

    /// <summary>Reads bytes into memory of their own; nil is none.</summary>
    public static Memory<byte> ReadMemory(ref MessagePackReader reader) => reader.ReadBytes()?.ToArray();

    /// <summary>Reads bytes into a segment of their own; nil is the segment without an array.</summary>
    public static ArraySegment<byte> ReadSegment(ref MessagePackReader reader) =>
        reader.ReadBytes() is { } bytes ? new ArraySegment<byte>(bytes.ToArray()) : default;

    /// <summary>Reads bytes into a sequence of their own; nil is the empty one.</summary>
    public static ReadOnlySequence<byte> ReadSequence(ref MessagePackReader reader) =>
        reader.ReadBytes() is { } bytes ? new ReadOnlySequence<byte>(bytes.ToArray()) : default;

    private static ReadOnlySpan<byte> ReadText(ref MessagePackReader reader, string type)
    {
        ReadOnlySequence<byte> text = reader.ReadStringSequence() ?? throw RpcReading.UnexpectedNil(type);
        return text.IsSingleSegment ? text.FirstSpan : text.ToArray();
    }

    private static ReadOnlySequence<byte> ReadBytes(ref MessagePackReader reader, string type) =>
        reader.ReadBytes() ?? throw RpcReading.UnexpectedNil(type);

    private static void CopyExactly(in ReadOnlySequence<byte> source, Span<byte> bytes)
    {
        if (source.Length != bytes.Length)
            throw new MessagePackSerializationException($"{bytes.Length} bytes were expected, not {source.Length}.");
        source.CopyTo(bytes);
    }
}
