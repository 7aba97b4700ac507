using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using KvpRpc.Generated;
using KvpRpc.Links;

namespace KvpRpc.Calls;

/// <summary>Reads what the callees of one client's calls send.</summary>
/// <param name="client">The limits, and what is known of callees.</param>
/// <param name="settings">What takes metadata, and whether callees may compress.</param>
internal sealed class ResponseReader(CallClient client, CallSettings settings)
{
    private readonly RpcPeerOptions _options = client.Options;

    /// <summary>Gets the most bytes of a response, and of an item.</summary>
    internal int MaxMessageBytes => _options.MaxMessageBytes;

    /// <summary>Reads one message of a call with one result; false if it is not the last, and another must
    /// follow.</summary>
    /// <exception cref="RpcException">The call failed, or the message breaks a rule.</exception>
    internal bool TryRead<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method,
        OutboundCall call,
        in KvpLinkMessage message,
        OutboundArguments? arguments,
        [MaybeNullWhen(false)] out TResponse result)
    {
        CallMessage parts = ReadParts(method, call, message, isStream: false, out ResponseHeader header);
        if (!parts.IsCompressed)
            return TryTake(method, message, parts, header, arguments, out result);

        // The caller disposes of the message that came.
        using KvpLinkMessage expanded = Expand(method, message with { Owner = null }, parts);
        return TryTake(method, expanded, parts, header, arguments, out result);
    }

    /// <summary>Reads one message of a call whose result is a stream, and takes it over.</summary>
    /// <exception cref="RpcException">The message breaks a rule.</exception>
    internal ItemsMessage ReadItems(
        RpcMethod method, OutboundCall call, KvpLinkMessage message, OutboundArguments arguments)
    {
        bool isKept = false;
        try
        {
            CallMessage parts = ReadParts(method, call, message, isStream: true, out ResponseHeader header);
            if (parts.IsCompressed)
                message = Expand(method, message, parts);
            if (TryTakeAside(method, message, parts, header, arguments))
            {
                return message.IsEndOfStream
                    ? throw CallErrors.ResponseUnreadable(method.FullName)
                    : new ItemsMessage(default, IsLast: false, Error: null);
            }

            ItemCursor items = new(message, parts.PayloadStart);
            bool isLast = parts.Kind == CallMessageKind.Trailers;
            if (!isLast && (parts.Kind != CallMessageKind.Item || !items.HasNext || message.IsEndOfStream))
                throw CallErrors.ResponseUnreadable(method.FullName);
            isKept = true;
            return new(items, isLast, header.Status == 0 ? null : GetError(header, method));
        }
        finally
        {
            if (!isKept)
                message.Dispose();
        }
    }

    /// <summary>Reads a message where no response is expected, but perhaps an error.</summary>
    /// <exception cref="RpcException">The call failed, or the message breaks a rule.</exception>
    internal void ThrowIfFailed(RpcMethod method, OutboundCall call, in KvpLinkMessage message)
    {
        CallMessage parts = ReadParts(method, call, message, isStream: false, out ResponseHeader header);
        if (parts.Kind == CallMessageKind.Trailers && header.Status != 0)
            throw GetError(header, method);
    }

    /// <summary>Takes a message that is not compressed, or no longer.</summary>
    private bool TryTake<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method,
        in KvpLinkMessage message,
        in CallMessage parts,
        in ResponseHeader header,
        OutboundArguments? arguments,
        [MaybeNullWhen(false)] out TResponse result)
    {
        result = default;
        if (parts.Kind == CallMessageKind.Trailers && header.Status != 0)
            throw GetError(header, method);
        if (TryTakeAside(method, message, parts, header, arguments))
            return message.IsEndOfStream ? throw CallErrors.ResponseUnreadable(method.FullName) : false;
        if (parts.Kind != CallMessageKind.Result || message.Data.Length > MaxMessageBytes)
            throw CallErrors.ResponseUnreadable(method.FullName);
        return Payload.TryRead(message.Data[parts.PayloadStart..], method.Response, out result, out Exception? error)
            ? true
            : throw CallErrors.ResponseUnreadable(method, error);
    }

    /// <summary>Deals with a message that is neither a result nor its item; false if it is one.</summary>
    private bool TryTakeAside(
        RpcMethod method,
        in KvpLinkMessage message,
        in CallMessage parts,
        in ResponseHeader header,
        OutboundArguments? arguments)
    {
        if (parts.IsIgnorable || parts.Kind == CallMessageKind.Headers)
            return true;
        if (parts.Kind == CallMessageKind.Credit)
        {
            return arguments?.TryAddCredit(header.Argument, header.Credit) == true
                ? true
                : throw CallErrors.ResponseUnreadable(method.FullName);
        }

        if (parts.Kind != CallMessageKind.Item || header.Argument == 0)
            return false;
        ItemCursor reports = new(message, parts.PayloadStart);
        return arguments?.TryReport(header.Argument, ref reports, MaxMessageBytes, method.FullName) == true
            ? true
            : throw CallErrors.ResponseUnreadable(method.FullName);
    }

    private CallMessage ReadParts(
        RpcMethod method, OutboundCall call, in KvpLinkMessage message, bool isStream, out ResponseHeader header)
    {
        // Several items may share a message of that size; each is held to the limit by itself.
        if (message.Data.Length > MaxMessageBytes
            && (message.Data.Length > ItemSender.BatchBytes || !IsItems(message.Data.Span)))
        {
            throw CallErrors.ResponseTooLarge(method.FullName, MaxMessageBytes);
        }

        header = default;
        if (!CallMessage.TryRead(message.Data.Span, out CallMessage parts)
            || !ResponseHeader.TryRead(parts.Fields, out header)
            || (parts.PayloadStart < message.Data.Length && !MayHavePayload(parts, isStream))
            || (parts.IsCompressed && settings.Compression == RpcCompression.None))
        {
            throw CallErrors.ResponseUnreadable(method.FullName);
        }

        if (header.Metadata.Length > _options.MaxMetadataBytes)
            throw CallErrors.ResponseMetadataTooLarge(method.FullName, _options.MaxMetadataBytes);
        client.HandleCompression(call, header.Compression);
        if (settings.Response is { } response)
            TellResponse(response, parts, header.Metadata);
        return parts;
    }

    /// <summary>Gets a compressed message as it is without compression; it takes the other one over.</summary>
    private KvpLinkMessage Expand(RpcMethod method, in KvpLinkMessage message, in CallMessage parts)
    {
        int max = parts.Kind == CallMessageKind.Result
            ? MaxMessageBytes
            : Math.Max(MaxMessageBytes, ItemSender.BatchBytes);
        return MessageCompression.TryExpand(message, parts.PayloadStart, max, out KvpLinkMessage expanded) switch
        {
            OperationStatus.Done => expanded,
            OperationStatus.DestinationTooSmall => throw CallErrors.ResponseTooLarge(method.FullName, max),
            _ => throw CallErrors.ResponseUnreadable(method.FullName),
        };
    }

    private static bool MayHavePayload(in CallMessage parts, bool isStream) =>
        parts.IsIgnorable || parts.Kind is CallMessageKind.Item or CallMessageKind.Result
        || (isStream && parts.Kind == CallMessageKind.Trailers);

    private static void TellResponse(RpcResponse response, in CallMessage parts, ReadOnlySpan<byte> metadata)
    {
        response.WasCompressed = parts.IsCompressed;
        switch (parts.Kind)
        {
            case CallMessageKind.Headers:
                response.HandleHeaders(MetadataCodec.Decode(metadata));
                break;
            case CallMessageKind.Item:
                response.HandleNoHeaders();
                break;
            case CallMessageKind.Result or CallMessageKind.Trailers:
                response.HandleTrailers(MetadataCodec.Decode(metadata));
                break;
        }
    }

    private static RpcException GetError(in ResponseHeader trailers, RpcMethod method) =>
        ContractDifference.Explain(CallErrors.FromTrailers(trailers), method);

    private static bool IsItems(ReadOnlySpan<byte> message) =>
        CallMessage.TryRead(message, out CallMessage parts)
        && parts.Kind is CallMessageKind.Item or CallMessageKind.Trailers;
}
