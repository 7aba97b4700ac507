using System.Buffers;
using KvpRpc.Calls;
using KvpRpc.Links;

namespace KvpRpc.Fuzz.Tests.Targets;

/// <summary>A message of a call: its kind, its fields, its metadata.</summary>
internal static class CallTarget
{
    private const int MaxExpandedBytes = 256 << 10;

    internal static FuzzTarget Instance { get; } = new("call", 64 << 10, input => Run(input.Span));

    private static bool Run(ReadOnlySpan<byte> input)
    {
        if (!CallMessage.TryRead(input, out CallMessage message))
            return false;
        PooledBuffer buffer = new();
        CallField[] known;
        if (message.Kind == CallMessageKind.Call)
        {
            if (!CallHeader.TryRead(message.Fields, out CallHeader header))
                return false;
            ReadMetadata(header.Metadata);
            header.Write(buffer);
            known =
            [
                CallField.Deadline, CallField.PreviousAttempts, CallField.IdempotencyId, CallField.TraceParent,
                CallField.TraceState, CallField.Metadata, CallField.Listening, CallField.FirstLink,
                .. (CallField[])(header.FirstAttempt is null ? [] : [CallField.FirstStream]), CallField.Compression,
            ];
        }
        else
        {
            if (!ResponseHeader.TryRead(message.Fields, out ResponseHeader header))
                return false;
            ReadMetadata(header.Metadata);
            header.Write(buffer, message.Kind);
            known =
            [
                CallField.Metadata, CallField.Status, CallField.StatusMessage, CallField.StatusDetails,
                CallField.NotRun, CallField.RetryAfter, CallField.Argument, CallField.Credit, CallField.Compression,
            ];
        }

        Finding.Unless(
            CallMessage.TryRead(buffer.WrittenMemory.Span, out CallMessage again), $"the own message does not read");
        Finding.Unless(again.Kind == message.Kind, $"kind {message.Kind} became {again.Kind}");
        Finding.UnlessEqual(Keep(message.Fields, known), again.Fields, "the fields of a message");
        buffer.Release();
        if (message.IsCompressed)
            Expand(input, message.PayloadStart);
        return true;
    }

    // What expands is compressed again, and then expands to the same.
    private static void Expand(ReadOnlySpan<byte> input, int payloadStart)
    {
        KvpLinkMessage message = new(input.ToArray(), HasContent: true, IsEndOfStream: true, Owner: null);
        OperationStatus status =
            MessageCompression.TryExpand(message, payloadStart, MaxExpandedBytes, out KvpLinkMessage expanded);
        if (status != OperationStatus.Done)
            return;
        Finding.Unless(expanded.Data.Length <= MaxExpandedBytes, $"a payload of {expanded.Data.Length} bytes");
        PooledBuffer again = new();
        expanded.Data.Span.CopyTo(again.GetSpan(expanded.Data.Length));
        again.Advance(expanded.Data.Length);
        MessageCompression.TryCompress(again);
        Finding.UnlessEqual(
            expanded.Data.Span, MessageCompression.ToPlain(again.WrittenMemory.ToArray()).Span, "an expanded message");
        again.Release();
        expanded.Dispose();
    }

    private static void ReadMetadata(ReadOnlySpan<byte> metadata)
    {
        MetadataReader reader = new(metadata);
        int length = 0;
        while (reader.MoveNext())
            length += MetadataReader.Encode(reader.Key, reader.Value).Length;
        Finding.Unless(length == metadata.Length, $"metadata of {metadata.Length} bytes became {length}");
    }

    // Fields of later versions, and those without a meaning in the message, are skipped and not written again.
    private static byte[] Keep(ReadOnlySpan<byte> fields, CallField[] known)
    {
        FieldReader reader = new(fields);
        List<byte> kept = [];
        while (reader.MoveNext())
        {
            if (known.Contains(reader.Field))
                kept.AddRange(reader.GetEncoded(0));
        }

        return [.. kept];
    }
}
