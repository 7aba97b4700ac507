using System.Text;
using KvpRpc.Generated;
using KvpRpc.Links;

namespace KvpRpc.Calls;

/// <summary>The statuses that the library itself gives, with their words, in one place.</summary>
internal static class CallErrors
{
    private const string OutcomeUnknown = "outcome unknown, it may have run";

    internal static RpcException DeadlinePassed(string method, TimeSpan timeLimit, bool wasOpened, string? obstacle)
    {
        if (timeLimit <= TimeSpan.Zero)
        {
            return new(
                StatusCode.DeadlineExceeded,
                $"The time of the call whose handler calls {method} is over; it did not run.",
                certainlyNotRun: true);
        }

        string limit = $"{timeLimit.TotalSeconds:0.###} s";
        if (wasOpened)
            return new(StatusCode.DeadlineExceeded, $"{method} did not end within {limit}; {OutcomeUnknown}.");
        string why = obstacle is null ? string.Empty : $" {obstacle}";
        return new(
            StatusCode.DeadlineExceeded,
            $"No link to the peer within {limit}; {method} did not run.{why}",
            certainlyNotRun: true,
            new KvpLinkException(KvpLinkError.LinkLost, obstacle ?? "No link has opened.", true));
    }

    internal static RpcException DeadlinePassedBetweenAttempts(string method) =>
        new(StatusCode.DeadlineExceeded, $"The time for {method} was over before another attempt; {OutcomeUnknown}.");

    internal static RpcException Closing(string method, bool wasOpened) =>
        wasOpened
            ? new(StatusCode.Unavailable, $"This peer was closed while {method} ran; {OutcomeUnknown}.")
            : new(StatusCode.Unavailable, $"This peer is closed; {method} did not run.", certainlyNotRun: true);

    internal static RpcException Stopping(string method) =>
        new(StatusCode.Unavailable, $"The peer is stopping; {method} did not run.", certainlyNotRun: true);

    internal static RpcException LinkFailed(string method, bool wasOpened, KvpLinkException cause)
    {
        if (cause.Error == KvpLinkError.StreamReset)
            return WasReset(method, cause);
        return !wasOpened || cause.CertainlyNotDelivered
            ? new(StatusCode.Unavailable, $"No link to the peer; {method} did not run. {cause.Message}", true, cause)
            : new(
                StatusCode.Unavailable,
                $"The link was lost while {method} ran; {OutcomeUnknown}. {cause.Message}",
                innerException: cause);
    }

    internal static RpcException CircuitOpen(string method, TimeSpan? retryAfter, Exception cause)
    {
        string when = retryAfter is { } delay ? $" in {Math.Max(0, delay.TotalSeconds):0.#} s" : string.Empty;
        return new(
            StatusCode.Unavailable,
            $"The circuit to the peer is open, since link after link was lost or none came; {method} did not run. "
            + $"A call is let through to try{when}.",
            certainlyNotRun: true,
            cause);
    }

    internal static RpcException CancelledByPipeline(string method, bool mayHaveRun, Exception cause) =>
        GivenUpByPipeline(StatusCode.Cancelled, $"A resilience strategy cancelled {method}", mayHaveRun, cause);

    internal static RpcException TimedOutByPipeline(string method, bool mayHaveRun, Exception cause) =>
        GivenUpByPipeline(
            StatusCode.DeadlineExceeded, $"A resilience strategy gave {method} no more time", mayHaveRun, cause);

    internal static RpcException RejectedByPipeline(string method, Exception cause) => new(
        StatusCode.ResourceExhausted, $"A resilience strategy refused {method}; it did not run. {cause.Message}", true,
        cause);

    internal static RpcException RequestTooLarge(string method, int maxBytes) =>
        new(StatusCode.ResourceExhausted, $"The arguments of {method} are over the limit of {maxBytes} bytes.", true);

    internal static string ArgumentsTooLarge(int maxBytes) => $"The arguments are over the limit of {maxBytes} bytes.";

    internal static RpcException ResponseTooLarge(string method, int maxBytes) =>
        new(StatusCode.ResourceExhausted, $"The response of {method} is over the limit of {maxBytes} bytes.");

    internal static RpcException ResponseUnreadable(string method, Exception? cause = null) =>
        new(StatusCode.Internal, $"The response of {method} cannot be read.", innerException: cause);

    /// <summary>The result is no value of the caller's contract.</summary>
    internal static RpcException ResponseUnreadable(RpcMethod method, Exception? cause) => new(
        StatusCode.Internal,
        $"The response of {method.FullName} cannot be read. Is the peer's contract another? This side's is "
        + $"{method.Signature.Split('\n')[0]}.",
        innerException: cause);

    internal static RpcException RequestMetadataTooLarge(string method, int maxBytes) => new(
        StatusCode.ResourceExhausted, $"The metadata of {method} is over the limit of {maxBytes} bytes.", true);

    internal static RpcException ResponseMetadataTooLarge(string method, int maxBytes) => new(
        StatusCode.ResourceExhausted, $"The metadata of {method}'s response is over the limit of {maxBytes} bytes.");

    internal static RpcException ItemTooLarge(string method, int maxBytes) =>
        new(StatusCode.ResourceExhausted, $"An item of {method} is over the limit of {maxBytes} bytes.");

    internal static RpcException ItemUnreadable(string method, Exception? cause = null) =>
        new(StatusCode.Internal, $"An item of {method} cannot be read.", innerException: cause);

    internal static RpcException ItemUnwritable(string method, Exception cause, int maxBytes) =>
        cause.GetBaseException() is MessageTooLargeException
            ? ItemTooLarge(method, maxBytes)
            : new(StatusCode.Internal, $"An item of {method} cannot be written.", innerException: cause);

    internal static RpcException ArgumentsUnwritable(string method, Exception cause) =>
        new(StatusCode.Internal, $"The arguments of {method} cannot be written: {cause.Message}", true, cause);

    /// <summary>Gets the error that the peer's trailers tell of.</summary>
    internal static RpcException FromTrailers(in ResponseHeader trailers)
    {
        string message = Encoding.UTF8.GetString(trailers.StatusMessage);
        StatusCode code = (StatusCode)trailers.Status;
        if (code is <= StatusCode.Ok or > StatusCode.Unauthenticated)
        {
            message = $"The peer gave the unknown status {trailers.Status}. {message}";
            code = StatusCode.Unknown;
        }

        return new(code, message, trailers.IsNotRun)
        {
            RetryAfter = GetRetryAfter(trailers.RetryAfterMilliseconds),
            Details = ErrorDetails.Decode(trailers.StatusDetails),
            Trailers = MetadataCodec.Decode(trailers.Metadata),
        };
    }

    /// <summary>Gets whether an exception tells of a cancellation: many libraries wrap it.</summary>
    internal static bool IsCancellation(Exception exception)
    {
        for (Exception? e = exception; e is not null; e = e.InnerException)
        {
            if (e is OperationCanceledException)
                return true;
        }

        return false;
    }

    /// <summary>Gets what the caller is told of an exception that a handler threw.</summary>
    internal static string Describe(Exception exception, bool withDetails)
    {
        const string neutral = "The method failed.";
        if (!withDetails)
            return neutral;
        StringBuilder text = new(neutral);
        for (Exception? e = exception; e is not null; e = e.InnerException)
            text.Append(' ').Append(e.GetType().Name).Append(": ").Append(e.Message);
        return text.ToString();
    }

    /// <summary>Gets as much of a text as fits into trailers, cut between characters.</summary>
    internal static byte[] EncodeMessage(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        if (bytes.Length <= ResponseHeader.MaxStatusMessageBytes)
            return bytes;
        int length = ResponseHeader.MaxStatusMessageBytes;
        while ((bytes[length] & 0xC0) == 0x80)
            length--;
        return bytes[..length];
    }

    private static TimeSpan? GetRetryAfter(uint? milliseconds) => milliseconds switch
    {
        null => null,
        ResponseHeader.NeverRetry => Timeout.InfiniteTimeSpan,
        { } delay => TimeSpan.FromMilliseconds(delay),
    };

    private static RpcException GivenUpByPipeline(StatusCode status, string what, bool mayHaveRun, Exception cause) =>
        mayHaveRun
            ? new(status, $"{what}; {OutcomeUnknown}.", innerException: cause)
            : new(status, $"{what}; it did not run.", certainlyNotRun: true, cause);

    private static RpcException WasReset(string method, KvpLinkException cause)
    {
        bool isNotRun = cause.CertainlyNotDelivered;
        return (CallResetCode)cause.ResetCode switch
        {
            CallResetCode.Cancelled =>
                new(StatusCode.Cancelled, $"The peer cancelled {method}.", isNotRun, cause),
            CallResetCode.DeadlineExceeded =>
                new(StatusCode.DeadlineExceeded, $"The deadline of {method} passed at the peer.", isNotRun, cause),
            CallResetCode.Refused =>
                new(StatusCode.ResourceExhausted, $"The peer runs too many calls; {method} did not run.", true, cause),
            CallResetCode.Closing =>
                new(StatusCode.Unavailable, $"The peer closed while {method} ran; {OutcomeUnknown}.", isNotRun, cause),
            _ => new(
                StatusCode.Internal, $"The peer gave {method} up with the code {cause.ResetCode}.", isNotRun, cause),
        };
    }
}
