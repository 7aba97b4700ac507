using System.Diagnostics;

namespace KvpRpc.Calls;

/// <summary>The span and the duration of one call on one side, from its beginning to its end. There is none where
/// nobody listens.</summary>
internal sealed class CallMeasurement
{
    private readonly TimeProvider _time;
    private readonly RpcPeerIdentity _peer;
    private readonly string _method;
    private readonly long _startedAt;
    private readonly bool _isServer;
    private int _status;
    private int _hasEnded;

    private CallMeasurement(string method, RpcPeerIdentity peer, TimeProvider time, long startedAt, bool isServer)
    {
        _method = method;
        _peer = peer;
        _time = time;
        _startedAt = startedAt;
        _isServer = isServer;
    }

    /// <summary>Gets the span; null: nobody wants it.</summary>
    internal Activity? Span { get; private init; }

    /// <summary>Begins to measure a call that this side makes. Its span is current from now on, as far as the caller's
    /// async method reaches.</summary>
    /// <param name="method">The method's name on the wire.</param>
    /// <param name="cause">The call whose handler makes it; null: there is none.</param>
    /// <param name="peer">Who is called.</param>
    /// <param name="time">The clock.</param>
    internal static CallMeasurement? BeginClient(
        string method, InboundCall? cause, RpcPeerIdentity peer, TimeProvider time)
    {
        bool hasListeners = KvpTelemetry.Source.HasListeners();
        if (!hasListeners && !CallTelemetry.ClientDuration.Enabled)
            return null;
        Activity? span = null;
        if (hasListeners)
        {
            TagList tags = GetTags(method);
            if (GetAddress(peer) is { } address)
                tags.Add(KvpTelemetry.ServerAddress, address);
            span = KvpTelemetry.Source.StartActivity(
                method, ActivityKind.Client, TraceContext.GetParent(cause), tags, links: null, time.GetUtcNow());
        }

        return new(method, peer, time, time.GetTimestamp(), isServer: false) { Span = span };
    }

    /// <summary>Begins to measure a call of the peer. Its span is current from now on, as far as the caller's async
    /// method reaches.</summary>
    /// <param name="call">The call, whose header has been read.</param>
    /// <param name="isOffered">Whether its method is offered here.</param>
    /// <param name="sinceReceived">How long ago it came.</param>
    internal static CallMeasurement? BeginServer(InboundCall call, bool isOffered, TimeSpan sinceReceived)
    {
        bool hasListeners = KvpTelemetry.Source.HasListeners();
        if (!hasListeners && !CallTelemetry.ServerDuration.Enabled)
            return null;
        RpcPeerIdentity peer = call.Server.Peer;
        TimeProvider time = call.Server.Options.TimeProvider;
        long startedAt = time.GetTimestamp() - (long)(sinceReceived.TotalSeconds * time.TimestampFrequency);
        string method = isOffered ? call.Method : CallTelemetry.OtherMethod;
        Activity? span = null;
        if (hasListeners)
        {
            TagList tags = GetTags(method);
            if (!isOffered)
                tags.Add(KvpTelemetry.RpcMethodOriginal, call.Method);
            if (peer is { Side: RpcPeerSide.Guest, VirtualMachineId: { } id })
                tags.Add(KvpTelemetry.VirtualMachineId, id.ToString());
            if (peer is { Side: RpcPeerSide.Guest, VirtualMachineName: { } name })
                tags.Add(KvpTelemetry.VirtualMachineName, name);
            string spanName = isOffered ? method : KvpTelemetry.SystemName;
            span = KvpTelemetry.Source.StartActivity(
                spanName, ActivityKind.Server, TraceContext.GetRemoteParent(call), tags, links: null,
                time.GetUtcNow() - sinceReceived);
        }

        return new(method, peer, time, startedAt, isServer: true) { Span = span };
    }

    /// <summary>Takes how the call ends; the first word counts.</summary>
    internal void SetStatus(StatusCode status) =>
        Interlocked.CompareExchange(ref _status, (int)status, (int)StatusCode.Ok);

    /// <summary>Ends the measurement; repeated calls do nothing.</summary>
    internal void End()
    {
        if (Interlocked.Exchange(ref _hasEnded, 1) != 0)
            return;
        TimeSpan elapsed = _time.GetElapsedTime(_startedAt);
        StatusCode status = (StatusCode)Volatile.Read(ref _status);
        string text = CallTelemetry.GetText(status);
        bool isError = CallTelemetry.IsError(status, _isServer);
        TagList tags = GetTags(_method);
        tags.Add(KvpTelemetry.RpcStatusCode, text);
        if (isError)
            tags.Add(KvpTelemetry.ErrorType, text);
        if (!_isServer && GetAddress(_peer) is { } address)
            tags.Add(KvpTelemetry.ServerAddress, address);
        (_isServer ? CallTelemetry.ServerDuration : CallTelemetry.ClientDuration).Record(elapsed.TotalSeconds, in tags);
        if (Span is not { } span)
            return;
        span.SetTag(KvpTelemetry.RpcStatusCode, text);
        if (isError)
            span.SetTag(KvpTelemetry.ErrorType, text).SetStatus(ActivityStatusCode.Error);
        // The same figure as the histogram's.
        span.SetEndTime(span.StartTimeUtc + elapsed);
        span.Dispose();
    }

    private static TagList GetTags(string method) =>
        [new(KvpTelemetry.RpcSystemName, KvpTelemetry.SystemName), new(KvpTelemetry.RpcMethod, method)];

    private static string? GetAddress(RpcPeerIdentity peer) => peer.Side == RpcPeerSide.Guest
        ? peer.VirtualMachineName ?? peer.VirtualMachineId?.ToString()
        : null;
}
