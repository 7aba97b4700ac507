using System.Diagnostics.CodeAnalysis;
using KvpRpc.Generated;
using KvpRpc.Links;

namespace KvpRpc.Calls;

/// <summary>Reads what the callee of a call sends.</summary>
internal static class ResponseReader
{
    /// <summary>Reads one message of a call with one result; false if it is not the last, and another must
    /// follow.</summary>
    /// <exception cref="RpcException">The call failed, or the message breaks a rule.</exception>
    internal static bool TryRead<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method,
        in KvpLinkMessage message,
        int maxBytes,
        OutboundArguments? arguments,
        [MaybeNullWhen(false)] out TResponse response)
    {
        CallMessage parts = ReadParts(method, message, maxBytes, out ResponseHeader header);
        response = default;
        if (parts.Kind == CallMessageKind.Trailers && header.Status != 0)
            throw CallErrors.FromTrailers(header);
        if (TryTakeAside(method, message, parts, header, maxBytes, arguments))
            return message.IsEndOfStream ? throw CallErrors.ResponseUnreadable(method.FullName) : false;
        if (parts.Kind != CallMessageKind.Result || message.Data.Length > maxBytes)
            throw CallErrors.ResponseUnreadable(method.FullName);
        return Payload.TryRead(message.Data[parts.PayloadStart..], method.Response, out response, out Exception? error)
            ? true
            : throw CallErrors.ResponseUnreadable(method.FullName, error);
    }

    /// <summary>Reads one message of a call whose result is a stream, and takes it over.</summary>
    /// <exception cref="RpcException">The message breaks a rule.</exception>
    internal static ItemsMessage ReadItems(
        RpcMethod method, in KvpLinkMessage message, int maxBytes, OutboundArguments arguments)
    {
        bool isKept = false;
        try
        {
            CallMessage parts = ReadParts(method, message, maxBytes, out ResponseHeader header);
            if (TryTakeAside(method, message, parts, header, maxBytes, arguments))
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
            return new(items, isLast, header.Status == 0 ? null : CallErrors.FromTrailers(header));
        }
        finally
        {
            if (!isKept)
                message.Dispose();
        }
    }

    /// <summary>Reads a message where no response is expected, but perhaps an error.</summary>
    /// <exception cref="RpcException">The call failed, or the message breaks a rule.</exception>
    internal static void ThrowIfFailed(RpcMethod method, in KvpLinkMessage message, int maxBytes)
    {
        CallMessage parts = ReadParts(method, message, maxBytes, out ResponseHeader header);
        if (parts.Kind == CallMessageKind.Trailers && header.Status != 0)
            throw CallErrors.FromTrailers(header);
    }

    /// <summary>Deals with a message that is neither a result nor its item; false if it is one.</summary>
    private static bool TryTakeAside(
        RpcMethod method,
        in KvpLinkMessage message,
        in CallMessage parts,
        in ResponseHeader header,
        int maxBytes,
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
        return arguments?.TryReport(header.Argument, ref reports, maxBytes, method.FullName) == true
            ? true
            : throw CallErrors.ResponseUnreadable(method.FullName);
    }

    private static CallMessage ReadParts(
        RpcMethod method, in KvpLinkMessage message, int maxBytes, out ResponseHeader header)
    {
        // Several items may share a message of that size; each is held to the limit by itself.
        if (message.Data.Length > maxBytes
            && (message.Data.Length > ItemSender.BatchBytes || !IsItems(message.Data.Span)))
        {
            throw CallErrors.ResponseTooLarge(method.FullName, maxBytes);
        }

        header = default;
        return CallMessage.TryRead(message.Data.Span, out CallMessage parts)
            && ResponseHeader.TryRead(parts.Fields, out header)
            ? parts
            : throw CallErrors.ResponseUnreadable(method.FullName);
    }

    private static bool IsItems(ReadOnlySpan<byte> message) =>
        CallMessage.TryRead(message, out CallMessage parts)
        && parts.Kind is CallMessageKind.Item or CallMessageKind.Trailers;
}
