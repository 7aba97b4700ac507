using System.Globalization;
using KvpRpc.Links;

namespace KvpRpc.Calls;

/// <summary>What the first message of a call of the peer says beside its arguments.</summary>
/// <param name="Deadline">The milliseconds that are left to the call; null: as many as it takes.</param>
/// <param name="PayloadStart">Where the arguments begin.</param>
/// <param name="IsCompressed">Whether they are compressed.</param>
/// <param name="Extras">What few calls have; null: nothing of it.</param>
internal readonly record struct FirstMessage(
    uint? Deadline, int PayloadStart, bool IsCompressed, RequestExtras? Extras)
{
    /// <summary>Reads a first message; false where it cannot be read, or is over a limit.</summary>
    /// <param name="message">The message.</param>
    /// <param name="mayFollow">Whether messages may follow it.</param>
    /// <param name="options">The limits.</param>
    /// <param name="first">What it says.</param>
    /// <param name="status">How the call ends that cannot be read.</param>
    /// <param name="error">Why; null: it was read.</param>
    internal static bool TryRead(
        in KvpLinkMessage message,
        bool mayFollow,
        RpcPeerOptions options,
        out FirstMessage first,
        out StatusCode status,
        out string? error)
    {
        first = default;
        status = StatusCode.Internal;
        error = null;
        if (message.Data.Length > options.MaxMessageBytes)
        {
            status = StatusCode.ResourceExhausted;
            error = CallErrors.ArgumentsTooLarge(options.MaxMessageBytes);
        }
        else if (!message.HasContent
            || !CallMessage.TryRead(message.Data.Span, out CallMessage parts)
            || parts.Kind != CallMessageKind.Call
            || (parts.IsCompressed && options.Compression == RpcCompression.None)
            || !CallHeader.TryRead(parts.Fields, out CallHeader header))
        {
            error = "The call cannot be read.";
        }
        else if (!message.IsEndOfStream && !mayFollow)
        {
            error = "More follows after the arguments of a call that has one request.";
        }
        else if (header.Metadata.Length > options.MaxMetadataBytes)
        {
            status = StatusCode.ResourceExhausted;
            error = string.Create(
                CultureInfo.InvariantCulture, $"The metadata is over the limit of {options.MaxMetadataBytes} bytes.");
        }
        else
        {
            first = new(
                header.DeadlineMilliseconds, parts.PayloadStart, parts.IsCompressed, RequestExtras.Create(in header));
        }

        return error is null;
    }
}
