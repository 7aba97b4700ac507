namespace KvpRpc.Calls;

/// <summary>What stands before the payload of every message but Call.</summary>
/// <remarks>The bytes are the protocol's: <c>protocol/calls.md</c>, section 4. Spans point into what was
/// read.</remarks>
internal ref struct ResponseHeader
{
    internal const int MaxStatusMessageBytes = 4096;

    /// <summary>In place of a time: no other attempt is welcome.</summary>
    internal const uint NeverRetry = uint.MaxValue;

    /// <summary>The metadata's fields as they crossed: see <see cref="MetadataReader"/>.</summary>
    internal ReadOnlySpan<byte> Metadata;

    /// <summary>The status of Trailers; a number that is no code of this version is for the reader to map.</summary>
    internal uint Status;

    /// <summary>What happened, for people: up to 4096 bytes of UTF-8.</summary>
    internal ReadOnlySpan<byte> StatusMessage;

    /// <summary>A typed error, as MessagePack.</summary>
    internal ReadOnlySpan<byte> StatusDetails;

    /// <summary>Whether the callee says that the call certainly did not run.</summary>
    internal bool IsNotRun;

    /// <summary>When to try again, in milliseconds from now; null: the callee does not say.</summary>
    internal uint? RetryAfterMilliseconds;

    /// <summary>From the caller: which of the arguments that are streams, from 0. From the callee: 0 for the result, or
    /// which of the arguments that take reports, from 1.</summary>
    internal uint Argument;

    /// <summary>How many bytes more the caller may send.</summary>
    internal uint Credit;

    /// <summary>The bits of the ways of compression that the callee takes in calls.</summary>
    internal uint Compression;

    /// <summary>Writes the kind and the header; the payload follows.</summary>
    internal readonly void Write(PooledBuffer buffer, CallMessageKind kind)
    {
        FieldWriter writer = new(CallMessage.Begin(buffer, kind, GetFieldBytes()));
        writer.WriteRaw(Metadata);
        if (Status != 0)
            writer.Write(CallField.Status, Status);
        if (!StatusMessage.IsEmpty)
            writer.Write(CallField.StatusMessage, StatusMessage);
        if (!StatusDetails.IsEmpty)
            writer.Write(CallField.StatusDetails, StatusDetails);
        if (IsNotRun)
            writer.Write(CallField.NotRun, 1);
        if (RetryAfterMilliseconds is { } retryAfter)
            writer.Write(CallField.RetryAfter, retryAfter);
        if (Argument != 0)
            writer.Write(CallField.Argument, Argument);
        if (Credit != 0)
            writer.Write(CallField.Credit, Credit);
        if (Compression != 0)
            writer.Write(CallField.Compression, Compression);
    }

    /// <summary>Reads the fields of a message of one of these kinds; false if they break a rule.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> fields, out ResponseHeader header)
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
            case CallField.Metadata:
                return MetadataReader.TryTake(in reader, ref Metadata);
            case CallField.Status:
                Status = (uint)reader.Number;
                return CallHeader.IsSingleNumber(in reader, uint.MaxValue) && Status != 0;
            case CallField.StatusMessage:
                StatusMessage = reader.Bytes;
                return CallHeader.IsSingleBytes(in reader, 1, MaxStatusMessageBytes);
            case CallField.StatusDetails:
                StatusDetails = reader.Bytes;
                return CallHeader.IsSingleBytes(in reader, 1, CallMessage.MaxFieldBytes);
            case CallField.NotRun:
                IsNotRun = true;
                return CallHeader.IsSingleNumber(in reader, 1) && reader.Number == 1;
            case CallField.RetryAfter:
                RetryAfterMilliseconds = (uint)reader.Number;
                return CallHeader.IsSingleNumber(in reader, uint.MaxValue);
            case CallField.Argument:
                Argument = (uint)reader.Number;
                return CallHeader.IsSingleNumber(in reader, uint.MaxValue) && Argument != 0;
            case CallField.Credit:
                Credit = (uint)reader.Number;
                return CallHeader.IsSingleNumber(in reader, uint.MaxValue) && Credit != 0;
            case CallField.Compression:
                Compression = (uint)reader.Number;
                return CallHeader.IsSingleNumber(in reader, uint.MaxValue) && Compression != 0;
            default:
                return true;
        }
    }

    private readonly int GetFieldBytes()
    {
        int length = Metadata.Length;
        if (Status != 0)
            length += FieldWriter.GetLength(CallField.Status, Status);
        if (!StatusMessage.IsEmpty)
            length += FieldWriter.GetLength(CallField.StatusMessage, StatusMessage);
        if (!StatusDetails.IsEmpty)
            length += FieldWriter.GetLength(CallField.StatusDetails, StatusDetails);
        if (IsNotRun)
            length += FieldWriter.GetLength(CallField.NotRun, 1);
        if (RetryAfterMilliseconds is { } retryAfter)
            length += FieldWriter.GetLength(CallField.RetryAfter, retryAfter);
        if (Argument != 0)
            length += FieldWriter.GetLength(CallField.Argument, Argument);
        if (Credit != 0)
            length += FieldWriter.GetLength(CallField.Credit, Credit);
        if (Compression != 0)
            length += FieldWriter.GetLength(CallField.Compression, Compression);
        return length;
    }
}
