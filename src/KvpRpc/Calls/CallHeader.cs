using KvpRpc.Links;

namespace KvpRpc.Calls;

/// <summary>How the caller wants a call to be run: what stands before the arguments in its first message.</summary>
/// <remarks>The bytes are the protocol's: <c>protocol/calls.md</c>, section 4. Spans point into what was
/// read.</remarks>
internal ref struct CallHeader
{
    /// <summary>The most milliseconds that a deadline may be away: 49.7 days.</summary>
    internal const uint MaxDeadlineMilliseconds = uint.MaxValue;

    /// <summary>The most parameters of a method that take reports.</summary>
    internal const int MaxProgressArguments = 32;

    internal const int TraceParentBytes = 25;
    internal const int MaxTraceStateBytes = 512;
    internal const int MaxIdempotencyIdBytes = 64;

    /// <summary>The time left in milliseconds, rounded up; null: the call may run for ever.</summary>
    internal uint? DeadlineMilliseconds;

    /// <summary>How often the call was sent before.</summary>
    internal uint PreviousAttempts;

    /// <summary>The id that all attempts of a call share, 1 to 64 bytes; empty: none.</summary>
    internal ReadOnlySpan<byte> IdempotencyId;

    /// <summary>W3C trace context: trace id (16), parent id (8), flags (1); empty: none.</summary>
    internal ReadOnlySpan<byte> TraceParent;

    /// <summary>W3C tracestate, up to 512 bytes of ASCII; empty: none.</summary>
    internal ReadOnlySpan<byte> TraceState;

    /// <summary>The metadata's fields as they crossed: see <see cref="MetadataReader"/>.</summary>
    internal ReadOnlySpan<byte> Metadata;

    /// <summary>Which of the parameters that take reports have a listener: a bit for each, the first the
    /// lowest.</summary>
    internal uint Listening;

    /// <summary>The stream of the first attempt that may have run; null: this is the first, or those before did not
    /// run.</summary>
    internal KvpStreamId? FirstAttempt;

    /// <summary>The bits of the ways of compression that the caller takes in what answers the call.</summary>
    internal uint Compression;

    /// <summary>Writes a call's kind and header; the arguments follow.</summary>
    internal readonly void Write(PooledBuffer buffer)
    {
        FieldWriter writer = new(CallMessage.Begin(buffer, CallMessageKind.Call, GetFieldBytes()));
        if (DeadlineMilliseconds is { } deadline)
            writer.Write(CallField.Deadline, deadline);
        if (PreviousAttempts != 0)
            writer.Write(CallField.PreviousAttempts, PreviousAttempts);
        if (!IdempotencyId.IsEmpty)
            writer.Write(CallField.IdempotencyId, IdempotencyId);
        if (!TraceParent.IsEmpty)
            writer.Write(CallField.TraceParent, TraceParent);
        if (!TraceState.IsEmpty)
            writer.Write(CallField.TraceState, TraceState);
        writer.WriteRaw(Metadata);
        if (Listening != 0)
            writer.Write(CallField.Listening, Listening);
        if (FirstAttempt is { } first)
        {
            writer.Write(CallField.FirstLink, first.Link);
            if (first.Number != 0)
                writer.Write(CallField.FirstStream, first.Number);
        }

        if (Compression != 0)
            writer.Write(CallField.Compression, Compression);
    }

    /// <summary>Reads the fields of a message of the kind Call; false if they break a rule.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> fields, out CallHeader header)
    {
        header = default;
        FieldReader reader = new(fields);
        while (reader.MoveNext())
        {
            if (!header.TryTake(in reader))
                return false;
        }

        return !reader.IsMalformed;
    }

    private bool TryTake(in FieldReader reader)
    {
        switch (reader.Field)
        {
            case CallField.Deadline:
                DeadlineMilliseconds = (uint)reader.Number;
                return IsSingleNumber(in reader, MaxDeadlineMilliseconds);
            case CallField.PreviousAttempts:
                PreviousAttempts = (uint)reader.Number;
                return IsSingleNumber(in reader, uint.MaxValue) && PreviousAttempts != 0;
            case CallField.IdempotencyId:
                IdempotencyId = reader.Bytes;
                return IsSingleBytes(in reader, 1, MaxIdempotencyIdBytes);
            case CallField.TraceParent:
                TraceParent = reader.Bytes;
                return IsSingleBytes(in reader, TraceParentBytes, TraceParentBytes);
            case CallField.TraceState:
                TraceState = reader.Bytes;
                return IsSingleBytes(in reader, 1, MaxTraceStateBytes);
            case CallField.Metadata:
                return MetadataReader.TryTake(in reader, ref Metadata);
            case CallField.Listening:
                Listening = (uint)reader.Number;
                return IsSingleNumber(in reader, uint.MaxValue) && Listening != 0;
            case CallField.FirstLink:
                FirstAttempt = new((uint)reader.Number, 0);
                return IsSingleNumber(in reader, uint.MaxValue);
            case CallField.FirstStream:
                // Fields come in order: without a link before it, the number means nothing.
                FirstAttempt = FirstAttempt is { } first ? first with { Number = reader.Number } : null;
                return IsSingleNumber(in reader, Varint.Max) && reader.Number != 0;
            case CallField.Compression:
                Compression = (uint)reader.Number;
                return IsSingleNumber(in reader, uint.MaxValue) && Compression != 0;
            default:
                return true;
        }
    }

    internal static bool IsSingleNumber(in FieldReader reader, ulong max) =>
        !reader.IsRepeated && !reader.IsBytes && reader.Number <= max;

    internal static bool IsSingleBytes(in FieldReader reader, int min, int max) =>
        !reader.IsRepeated && reader.IsBytes && reader.Bytes.Length >= min && reader.Bytes.Length <= max;

    private readonly int GetFieldBytes()
    {
        int length = Metadata.Length;
        if (DeadlineMilliseconds is { } deadline)
            length += FieldWriter.GetLength(CallField.Deadline, deadline);
        if (PreviousAttempts != 0)
            length += FieldWriter.GetLength(CallField.PreviousAttempts, PreviousAttempts);
        if (!IdempotencyId.IsEmpty)
            length += FieldWriter.GetLength(CallField.IdempotencyId, IdempotencyId);
        if (!TraceParent.IsEmpty)
            length += FieldWriter.GetLength(CallField.TraceParent, TraceParent);
        if (!TraceState.IsEmpty)
            length += FieldWriter.GetLength(CallField.TraceState, TraceState);
        if (Listening != 0)
            length += FieldWriter.GetLength(CallField.Listening, Listening);
        if (FirstAttempt is { } first)
        {
            length += FieldWriter.GetLength(CallField.FirstLink, first.Link);
            if (first.Number != 0)
                length += FieldWriter.GetLength(CallField.FirstStream, first.Number);
        }

        if (Compression != 0)
            length += FieldWriter.GetLength(CallField.Compression, Compression);
        return length;
    }
}
