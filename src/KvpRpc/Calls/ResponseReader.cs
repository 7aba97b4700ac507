using System.Diagnostics.CodeAnalysis;
using KvpRpc.Generated;
using KvpRpc.Links;

namespace KvpRpc.Calls;

/// <summary>Reads what the callee of a call with one response sends.</summary>
internal static class ResponseReader
{
    /// <summary>Reads one message; false if it is one to skip, and another must follow.</summary>
    /// <exception cref="RpcException">The call failed, or the message breaks a rule.</exception>
    internal static bool TryRead<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method,
        in KvpLinkMessage message,
        int maxBytes,
        [MaybeNullWhen(false)] out TResponse response)
    {
        CallMessage parts = ReadParts(method, message, maxBytes);
        response = default;
        if (parts.IsIgnorable || parts.Kind == CallMessageKind.Headers)
        {
            return message.IsEndOfStream ? throw CallErrors.ResponseUnreadable(method.FullName) : false;
        }

        if (parts.Kind != CallMessageKind.Result)
            throw CallErrors.ResponseUnreadable(method.FullName);
        return Payload.TryRead(message.Data[parts.PayloadStart..], method.Response, out response, out Exception? error)
            ? true
            : throw CallErrors.ResponseUnreadable(method.FullName, error);
    }

    /// <summary>Reads a message where no response is expected, but perhaps an error.</summary>
    /// <exception cref="RpcException">The call failed, or the message breaks a rule.</exception>
    internal static void ThrowIfFailed(RpcMethod method, in KvpLinkMessage message, int maxBytes) =>
        ReadParts(method, message, maxBytes);

    private static CallMessage ReadParts(RpcMethod method, in KvpLinkMessage message, int maxBytes)
    {
        if (message.Data.Length > maxBytes)
            throw CallErrors.ResponseTooLarge(method.FullName, maxBytes);
        if (!CallMessage.TryRead(message.Data.Span, out CallMessage parts)
            || !ResponseHeader.TryRead(parts.Fields, out ResponseHeader header))
        {
            throw CallErrors.ResponseUnreadable(method.FullName);
        }

        if (parts.Kind == CallMessageKind.Trailers && header.Status != 0)
            throw CallErrors.FromTrailers(header);
        return parts;
    }
}
