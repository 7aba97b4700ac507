using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;
using KvpRpc.Protocol.Packets;
using KvpRpc.Protocol.Wire;

namespace KvpRpc.Protocol.Hellos;

/// <summary>The bytes of a hello: <c>protocol/link.md</c>, "The hello".</summary>
internal static class HelloCodec
{
    /// <summary>The largest hello this version writes or reads, so that its base64 text fits any item.</summary>
    internal const int MaxBytes = 512;

    private const int PublicKeyBytes = 32;
    private const int MaxImplementationBytes = 64;
    private const int AlphabetBits = 8;
    private const int FixedBytes = 2 + 2 + 2 + 1 + 16 + 16 + PublicKeyBytes;

    // The whole length: a hello that was cut between two fields must not pass for one without the later ones.
    private const int LengthAt = 4;

    // The first two bytes of every hello of any version, before the range of versions.
    private static ReadOnlySpan<byte> Magic => "KV"u8;

    internal static byte[] Write(Hello hello)
    {
        Span<byte> buffer = stackalloc byte[MaxBytes];
        WireWriter writer = new(buffer);
        writer.WriteBytes(Magic);
        writer.WriteByte(hello.MinVersion);
        writer.WriteByte(hello.MaxVersion);
        writer.WriteBytes([0, 0]);
        writer.WriteByte((byte)hello.Role);
        WriteId(ref writer, hello.AttemptId);
        WriteId(ref writer, hello.AnsweredId);
        writer.WriteBytes(hello.PublicKey.Span);
        WriteNumber(ref writer, HelloField.MaxMessageBytes, hello.Limits.MaxMessageBytes);
        WriteNumber(ref writer, HelloField.StreamWindow, hello.Limits.StreamWindow);
        WriteNumber(ref writer, HelloField.MaxStreams, hello.Limits.MaxStreams);
        WriteNumber(ref writer, HelloField.Alphabets, hello.Alphabets);
        if (hello.UsesPreSharedKey)
            WriteNumber(ref writer, HelloField.PreSharedKey, 1);
        if (hello.VmId is { } vmId)
            WriteField(ref writer, HelloField.VmId, vmId.ToByteArray(bigEndian: true));
        if (hello.LastAccepted is { } last)
            WriteLastAccepted(ref writer, last);
        if (hello.Implementation is { } name && Encoding.UTF8.GetByteCount(name) is > 0 and <= MaxImplementationBytes)
            WriteField(ref writer, HelloField.Implementation, Encoding.UTF8.GetBytes(name));
        BinaryPrimitives.WriteUInt16BigEndian(buffer[LengthAt..], (ushort)writer.Written);
        return buffer[..writer.Written].ToArray();
    }

    /// <summary>Reads the range of versions, which every version of the protocol writes alike.</summary>
    internal static bool TryReadVersions(ReadOnlySpan<byte> bytes, out byte minVersion, out byte maxVersion)
    {
        minVersion = maxVersion = 0;
        if (bytes.Length < Magic.Length + 2 || !bytes.StartsWith(Magic))
            return false;
        minVersion = bytes[Magic.Length];
        maxVersion = bytes[Magic.Length + 1];
        return minVersion >= 1 && minVersion <= maxVersion;
    }

    /// <summary>Reads a hello of version 1; fields that this version does not know are skipped. Whatever else is not
    /// as <see cref="Write"/> spells it is refused.</summary>
    internal static Hello? TryRead(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length is < FixedBytes or > MaxBytes || !TryReadVersions(bytes, out byte min, out byte max)
            || BinaryPrimitives.ReadUInt16BigEndian(bytes[LengthAt..]) != bytes.Length)
            return null;
        WireReader reader = new(bytes[(LengthAt + 2)..]);
        reader.TryReadByte(out byte role);
        UInt128 attempt = ReadId(ref reader);
        UInt128 answered = ReadId(ref reader);
        if (role > (byte)PeerRole.Guest || attempt == 0 || (role == (byte)PeerRole.Host && answered != 0)
            || !reader.TryReadBytes(PublicKeyBytes, out ReadOnlySpan<byte> key))
            return null;
        Hello hello = new()
        {
            MinVersion = min,
            MaxVersion = max,
            Role = (PeerRole)role,
            AttemptId = attempt,
            AnsweredId = answered,
            PublicKey = key.ToArray(),
            Limits = default,
            Alphabets = 0,
        };
        ulong previous = 0;
        while (!reader.IsEmpty)
        {
            // Ascending fields give one spelling, and no field can come twice.
            if (!reader.TryReadVarInt(out ulong field) || field <= previous
                || !reader.TryReadPrefixed(out ReadOnlySpan<byte> value))
                return null;
            previous = field;
            if (ReadField(hello, (HelloField)field, value) is not { } read)
                return null;
            hello = read;
        }

        return hello.Limits is { MaxMessageBytes: > 0, StreamWindow: > 0, MaxStreams: > 0 }
            && hello.Alphabets != 0 && hello.Role == PeerRole.Host == hello.VmId.HasValue
            ? hello
            : null;
    }

    private static Hello? ReadField(Hello hello, HelloField field, ReadOnlySpan<byte> value)
    {
        switch (field)
        {
            case HelloField.MaxMessageBytes or HelloField.StreamWindow or HelloField.MaxStreams or HelloField.Alphabets
                or HelloField.PreSharedKey:
                return VarInt.TryRead(value, out ulong number, out int count) && count == value.Length
                    && number is > 0 and <= int.MaxValue
                    ? WithNumber(hello, field, (uint)number)
                    : null;
            case HelloField.VmId:
                return value.Length == 16 ? hello with { VmId = new Guid(value, bigEndian: true) } : null;
            case HelloField.LastAccepted:
                WireReader reader = new(value);
                if (value.Length < 17)
                    return null;
                UInt128 id = ReadId(ref reader);
                return reader.TryReadVarInt(out ulong last) && reader.IsEmpty && id != 0
                    && last < ItemLayout.NumberLimit
                    ? hello with { LastAccepted = new(id, last) }
                    : null;
            case HelloField.Implementation:
                return value.Length is > 0 and <= MaxImplementationBytes && Utf8.IsValid(value)
                    ? hello with { Implementation = Encoding.UTF8.GetString(value) }
                    : null;
            default:
                return hello;
        }
    }

    private static Hello? WithNumber(Hello hello, HelloField field, uint number) => field switch
    {
        HelloField.MaxMessageBytes => hello with { Limits = hello.Limits with { MaxMessageBytes = number } },
        HelloField.StreamWindow => hello with { Limits = hello.Limits with { StreamWindow = number } },
        HelloField.MaxStreams => hello with { Limits = hello.Limits with { MaxStreams = number } },
        // Everybody reads base64.
        HelloField.Alphabets => number < 1 << AlphabetBits && (number & 1) != 0
            ? hello with { Alphabets = (byte)number }
            : null,
        _ => number == 1 ? hello with { UsesPreSharedKey = true } : null,
    };

    private static void WriteField(ref WireWriter writer, HelloField field, ReadOnlySpan<byte> value)
    {
        writer.WriteVarInt((ulong)field);
        writer.WritePrefixed(value);
    }

    private static void WriteNumber(ref WireWriter writer, HelloField field, ulong number)
    {
        writer.WriteVarInt((ulong)field);
        writer.WriteVarInt((ulong)VarInt.Size(number));
        writer.WriteVarInt(number);
    }

    private static void WriteLastAccepted(ref WireWriter writer, LastAccepted last)
    {
        writer.WriteVarInt((ulong)HelloField.LastAccepted);
        writer.WriteVarInt((ulong)(16 + VarInt.Size(last.Number)));
        WriteId(ref writer, last.PeerAttemptId);
        writer.WriteVarInt(last.Number);
    }

    private static void WriteId(ref WireWriter writer, UInt128 id)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, id);
        writer.WriteBytes(bytes);
    }

    private static UInt128 ReadId(ref WireReader reader) =>
        reader.TryReadBytes(16, out ReadOnlySpan<byte> bytes) ? BinaryPrimitives.ReadUInt128BigEndian(bytes) : 0;

    // As wide as the numbers are: in a byte, an unknown field 257 would pass for field 1.
    private enum HelloField : ulong
    {
        MaxMessageBytes = 1,
        StreamWindow = 2,
        MaxStreams = 3,
        Alphabets = 4,
        PreSharedKey = 5,
        VmId = 6,
        LastAccepted = 7,
        Implementation = 8,
    }
}
