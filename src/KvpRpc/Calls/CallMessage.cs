namespace KvpRpc.Calls;

/// <summary>A message of a call taken apart: its kind, its header's fields and where its payload begins.</summary>
/// <remarks>
/// <code>
/// +---------------+  +--------+--------+  +---------+
/// | kind, 1 byte  |  | length | fields |  | payload |
/// +---------------+  +--------+--------+  +---------+
///   bit 7: fields      only with bit 7      the rest
///   bit 3: the payload is compressed
/// </code>
/// </remarks>
internal readonly ref struct CallMessage
{
    /// <summary>The most bytes that the fields of one message may take, metadata included.</summary>
    internal const int MaxFieldBytes = 16 * 1024;

    private const int HasFields = 0x80;
    private const int HasCompressedPayload = 0x08;
    private const int FirstIgnorableKind = 0x40;

    private CallMessage(int kind, ReadOnlySpan<byte> fields, int payloadStart)
    {
        // Of the kinds that have no payload there is no such form: those numbers are kinds that nobody knows.
        CallMessageKind plain = (CallMessageKind)(kind & ~HasCompressedPayload);
        bool hasForm = plain is CallMessageKind.Call or CallMessageKind.Item or CallMessageKind.Result
            or CallMessageKind.Trailers;
        IsCompressed = hasForm && (kind & HasCompressedPayload) != 0;
        Kind = IsCompressed ? plain : (CallMessageKind)kind;
        Fields = fields;
        PayloadStart = payloadStart;
    }

    internal CallMessageKind Kind { get; }

    /// <summary>Gets whether the payload must be expanded before it is read.</summary>
    internal bool IsCompressed { get; }

    /// <summary>Gets whether a side that does not know the kind goes on as if the message had not come.</summary>
    internal bool IsIgnorable => (int)Kind >= FirstIgnorableKind;

    internal ReadOnlySpan<byte> Fields { get; }

    internal int PayloadStart { get; }

    internal static bool TryRead(ReadOnlySpan<byte> message, out CallMessage result)
    {
        result = default;
        if (message.IsEmpty)
            return false;
        int kind = message[0] & ~HasFields;
        if ((message[0] & HasFields) == 0)
        {
            result = new CallMessage(kind, default, 1);
            return true;
        }

        ReadOnlySpan<byte> rest = message[1..];
        if (!Varint.TryRead(ref rest, out ulong length)
            || length is 0 or > MaxFieldBytes
            || length > (ulong)rest.Length)
        {
            return false;
        }

        int start = message.Length - rest.Length;
        result = new CallMessage(kind, rest[..(int)length], start + (int)length);
        return true;
    }

    internal static void MarkCompressed(Span<byte> message) => message[0] |= HasCompressedPayload;

    internal static void MarkPlain(Span<byte> message) => message[0] &= unchecked((byte)~HasCompressedPayload);

    /// <summary>Writes what stands before the payload and the fields, and gives the place for the fields.</summary>
    internal static Span<byte> Begin(PooledBuffer buffer, CallMessageKind kind, int fieldBytes)
    {
        if (fieldBytes == 0)
        {
            buffer.GetSpan(1)[0] = (byte)kind;
            buffer.Advance(1);
            return default;
        }

        Span<byte> span = buffer.GetSpan(1 + Varint.MaxBytes + fieldBytes);
        span[0] = (byte)((int)kind | HasFields);
        int length = 1 + Varint.Write(span[1..], (ulong)fieldBytes);
        buffer.Advance(length + fieldBytes);
        return span.Slice(length, fieldBytes);
    }
}
