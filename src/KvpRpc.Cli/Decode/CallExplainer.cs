using System.Buffers;
using System.Text;
using KvpRpc.Calls;
using KvpRpc.Cli.Demo;
using KvpRpc.Links;
using KvpRpc.Protocol.Wire;

namespace KvpRpc.Cli.Decode;

/// <summary>Explains a message of a call: <c>protocol/calls.md</c>, sections 3 and 4.</summary>
/// <remarks>As with frames, the parsers of calls say what a message is.</remarks>
internal sealed class CallExplainer(ByteWalk walk)
{
    private const int MaxExpandedBytes = 1 << 20;

    private static readonly Dictionary<CallField, string> Names = new()
    {
        [CallField.Deadline] = "deadline, ms",
        [CallField.PreviousAttempts] = "previous attempts",
        [CallField.IdempotencyId] = "idempotency id",
        [CallField.TraceParent] = "trace parent",
        [CallField.TraceState] = "trace state",
        [CallField.Metadata] = "metadata",
        [CallField.Status] = "status",
        [CallField.StatusMessage] = "status message",
        [CallField.StatusDetails] = "status details",
        [CallField.NotRun] = "not run",
        [CallField.RetryAfter] = "retry after, ms",
        [CallField.Argument] = "argument",
        [CallField.Listening] = "listening",
        [CallField.Credit] = "credit",
        [CallField.FirstLink] = "first link",
        [CallField.FirstStream] = "first stream",
        [CallField.Compression] = "compression",
    };

    /// <summary>Walks through the message and gives it in one line.</summary>
    /// <param name="isWhole">Whether it is known to be one; else it may be the last part of one.</param>
    internal string Explain(bool isWhole)
    {
        if (!walk.TryPeek(walk.Left, "message", out ReadOnlySpan<byte> message))
            return "";
        if (!CallMessage.TryRead(message, out CallMessage read) || !Enum.IsDefined(read.Kind)
            || !IsValid(read.Kind, read.Fields))
        {
            string name = isWhole ? "a message that is none of a call" : "the last part of a message";
            string counted = $"{name}, {Text.Count(message.Length, "byte")}";
            walk.Take(message.Length, "data", name);
            return counted;
        }

        StringBuilder line = new(read.Kind.ToString());
        if (read.IsCompressed)
            line.Append(", compressed");
        int payload = message.Length - read.PayloadStart;
        walk.Take(1, "kind of message", $"{read.Kind}{(read.Fields.IsEmpty ? "" : ", fields follow")}");
        if (!read.Fields.IsEmpty)
        {
            walk.TryTakeNumber("length of the fields", 0, VarInt.Max, bytes => $"{bytes} bytes", out _);
            TakeFields(read.Fields, line);
        }

        if (payload > 0 && walk.TryPeek(payload, "payload", out ReadOnlySpan<byte> bytes))
        {
            string value = read.IsCompressed ? Expand(message, read.PayloadStart) : ValueText.Of(bytes.ToArray());
            line.Append($", {value}");
            walk.Take(payload, "payload", value);
        }

        return line.ToString();
    }

    private static string Expand(ReadOnlySpan<byte> message, int payloadStart)
    {
        KvpLinkMessage compressed = new(message.ToArray(), HasContent: true, IsEndOfStream: false, Owner: null);
        OperationStatus status = MessageCompression.TryExpand(
            compressed, payloadStart, MaxExpandedBytes, out KvpLinkMessage expanded);
        using (expanded)
        {
            return status switch
            {
                OperationStatus.Done => ValueText.Of(expanded.Data[payloadStart..].ToArray()),
                OperationStatus.DestinationTooSmall => $"compressed, more than {MaxExpandedBytes} bytes",
                _ => "compressed, and not to be read",
            };
        }
    }

    private static bool IsValid(CallMessageKind kind, ReadOnlySpan<byte> fields) => kind == CallMessageKind.Call
        ? CallHeader.TryRead(fields, out _)
        : ResponseHeader.TryRead(fields, out _);

    private void TakeFields(ReadOnlySpan<byte> fields, StringBuilder line)
    {
        FieldReader reader = new(fields);
        while (reader.MoveNext())
        {
            CallField field = reader.Field;
            string name = Names.GetValueOrDefault(field, "unknown");
            string value = reader.IsBytes ? ValueOf(field, reader.Bytes) : NumberOf(field, reader.Number);
            int length = reader.Bytes.Length;
            walk.TryTakeNumber("tag of the field", 0, VarInt.Max, tag => $"{tag >> 1}, {name}", out _);
            if (reader.IsBytes)
            {
                walk.TryTakeNumber("length of the field", 0, VarInt.Max, bytes => $"{bytes} bytes", out _);
                walk.Take(length, "field", value);
            }
            else
            {
                walk.TryTakeNumber("field", 0, VarInt.Max, _ => value, out _);
            }

            line.Append($", {name} {value}");
        }
    }

    private static string NumberOf(CallField field, ulong value) =>
        field == CallField.Status && value <= int.MaxValue && Enum.IsDefined((StatusCode)value)
            ? $"{value} {(StatusCode)value}"
            : $"{value}";

    private static string ValueOf(CallField field, ReadOnlySpan<byte> bytes)
    {
        switch (field)
        {
            case CallField.StatusMessage or CallField.TraceState:
                return $"\"{ValueText.Printable(Encoding.UTF8.GetString(bytes))}\"";
            case CallField.StatusDetails:
                return ValueText.Of(bytes.ToArray());
            case CallField.Metadata:
                string key = Encoding.ASCII.GetString(bytes[1..(1 + bytes[0])]);
                ReadOnlySpan<byte> value = bytes[(1 + bytes[0])..];
                return key.EndsWith("-bin", StringComparison.Ordinal)
                    ? $"{key}={Convert.ToHexStringLower(value)}"
                    : $"{key}={ValueText.Printable(Encoding.UTF8.GetString(value))}";
            default:
                return Convert.ToHexStringLower(bytes);
        }
    }
}
