using System.Diagnostics.CodeAnalysis;
using KvpRpc.Generated;
using KvpRpc.Links;

namespace KvpRpc.Calls;

/// <summary>Reads what the callees of one client's calls send.</summary>
/// <param name="options">The limits.</param>
/// <param name="response">What takes metadata; null: it is dropped.</param>
internal sealed class ResponseReader(RpcPeerOptions options, RpcResponse? response)
{
    /// <summary>Gets the most bytes of a response, and of an item.</summary>
    internal int MaxMessageBytes => options.MaxMessageBytes;

    /// <summary>Reads one message of a call with one result; false if it is not the last, and another must
    /// follow.</summary>
    /// <exception cref="RpcException">The call failed, or the message breaks a rule.</exception>
    internal bool TryRead<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method,
        in KvpLinkMessage message,
        OutboundArguments? arguments,
        [MaybeNullWhen(false)] out TResponse result)
    {
        CallMessage parts = ReadParts(method, message, out ResponseHeader header);
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

    /// <summary>Reads one message of a call whose result is a stream, and takes it over.</summary>
    /// <exception cref="RpcException">The message breaks a rule.</exception>
    internal ItemsMessage ReadItems(
        RpcMethod method, in KvpLinkMessage message, OutboundArguments arguments)
    {
        bool isKept = false;
        try
        {
            CallMessage parts = ReadParts(method, message, out ResponseHeader header);
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
    internal void ThrowIfFailed(RpcMethod method, in KvpLinkMessage message)
    {
        CallMessage parts = ReadParts(method, message, out ResponseHeader header);
        if (parts.Kind == CallMessageKind.Trailers && header.Status != 0)
            throw GetError(header, method);
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
        RpcMethod method, in KvpLinkMessage message, out ResponseHeader header)
    {
        // Several items may share a message of that size; each is held to the limit by itself.
        if (message.Data.Length > MaxMessageBytes
            && (message.Data.Length > ItemSender.BatchBytes || !IsItems(message.Data.Span)))
        {
            throw CallErrors.ResponseTooLarge(method.FullName, MaxMessageBytes);
        }

        header = default;
        if (!CallMessage.TryRead(message.Data.Span, out CallMessage parts)
            || !ResponseHeader.TryRead(parts.Fields, out header))
        {
            throw CallErrors.ResponseUnreadable(method.FullName);
        }

        if (header.Metadata.Length > options.MaxMetadataBytes)
            throw CallErrors.ResponseMetadataTooLarge(method.FullName, options.MaxMetadataBytes);
        if (response is not null)
            TellResponse(response, parts.Kind, header.Metadata);
        return parts;
    }

    private static void TellResponse(RpcResponse response, CallMessageKind kind, ReadOnlySpan<byte> metadata)
    {
        switch (kind)
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
