using System.Diagnostics.Metrics;

namespace KvpRpc.Calls;

/// <summary>The instruments of calls, and what is common to the spans of both sides. See <see cref="KvpTelemetry"/>.
/// </summary>
internal static class CallTelemetry
{
    /// <summary>The method's name where the peer calls one that is not offered: what a peer chooses is no
    /// tag.</summary>
    internal const string OtherMethod = "_OTHER";

    // What the semantic conventions advise for both.
    private static readonly InstrumentAdvice<double> Buckets = new()
    {
        HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
    };

    internal static Histogram<double> ClientDuration { get; } = KvpTelemetry.Meter.CreateHistogram(
        KvpTelemetry.ClientCallDuration, "s", "Measures the duration of an outgoing Remote Procedure Call (RPC).",
        tags: null, Buckets);

    internal static Histogram<double> ServerDuration { get; } = KvpTelemetry.Meter.CreateHistogram(
        KvpTelemetry.ServerCallDuration, "s", "Measures the duration of an incoming Remote Procedure Call (RPC).",
        tags: null, Buckets);

    /// <summary>Gets the status as the semantic conventions of gRPC write it.</summary>
    internal static string GetText(StatusCode status) => status switch
    {
        StatusCode.Ok => "OK",
        StatusCode.Cancelled => "CANCELLED",
        StatusCode.Unknown => "UNKNOWN",
        StatusCode.InvalidArgument => "INVALID_ARGUMENT",
        StatusCode.DeadlineExceeded => "DEADLINE_EXCEEDED",
        StatusCode.NotFound => "NOT_FOUND",
        StatusCode.AlreadyExists => "ALREADY_EXISTS",
        StatusCode.PermissionDenied => "PERMISSION_DENIED",
        StatusCode.ResourceExhausted => "RESOURCE_EXHAUSTED",
        StatusCode.FailedPrecondition => "FAILED_PRECONDITION",
        StatusCode.Aborted => "ABORTED",
        StatusCode.OutOfRange => "OUT_OF_RANGE",
        StatusCode.Unimplemented => "UNIMPLEMENTED",
        StatusCode.Internal => "INTERNAL",
        StatusCode.Unavailable => "UNAVAILABLE",
        StatusCode.DataLoss => "DATA_LOSS",
        StatusCode.Unauthenticated => "UNAUTHENTICATED",
        _ => OtherMethod,
    };

    /// <summary>Gets whether a status is an error of this side: to a caller all but OK are; to a callee only those that
    /// do not lie with its caller.</summary>
    internal static bool IsError(StatusCode status, bool isServer) => isServer
        ? status is StatusCode.Unknown or StatusCode.DeadlineExceeded or StatusCode.Unimplemented
            or StatusCode.Internal or StatusCode.Unavailable or StatusCode.DataLoss
        : status != StatusCode.Ok;
}
