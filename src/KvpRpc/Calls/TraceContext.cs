using System.Diagnostics;
using System.Text;

namespace KvpRpc.Calls;

/// <summary>The W3C trace context that goes with a call: of the activity that makes it, else of the call whose handler
/// makes it.</summary>
internal readonly ref struct TraceContext
{
    private TraceContext(ReadOnlySpan<byte> parent, ReadOnlySpan<byte> state)
    {
        Parent = parent;
        State = state;
    }

    internal ReadOnlySpan<byte> Parent { get; }

    internal ReadOnlySpan<byte> State { get; }

    /// <summary>Gets the context here and now.</summary>
    /// <param name="cause">The call whose handler makes the new one.</param>
    /// <param name="buffer">Where the parent is written, 25 bytes.</param>
    internal static TraceContext GetCurrent(InboundCall? cause, Span<byte> buffer)
    {
        // The call's own span, where somebody listens: it is current.
        if (Activity.Current is not { IdFormat: ActivityIdFormat.W3C } activity)
            return cause is null ? default : new(cause.TraceParent, cause.TraceState);
        activity.TraceId.CopyTo(buffer[..16]);
        activity.SpanId.CopyTo(buffer[16..24]);
        buffer[24] = (byte)activity.ActivityTraceFlags;
        return new(buffer, GetState(activity.TraceStateString));
    }

    /// <summary>Gets the parent of a call's span where the current activity is not: the call whose handler makes
    /// it.</summary>
    internal static ActivityContext GetParent(InboundCall? cause) =>
        cause is null || Activity.Current is not null ? default : GetRemoteParent(cause);

    /// <summary>Gets the parent of the span of a call of the peer.</summary>
    internal static ActivityContext GetRemoteParent(InboundCall call)
    {
        ReadOnlySpan<byte> parent = call.TraceParent;
        if (parent.Length != CallHeader.TraceParentBytes)
            return default;
        string? state = call.TraceState.IsEmpty ? null : Encoding.ASCII.GetString(call.TraceState);
        return new(
            ActivityTraceId.CreateFromBytes(parent[..16]),
            ActivitySpanId.CreateFromBytes(parent[16..24]),
            (ActivityTraceFlags)parent[24] & ActivityTraceFlags.Recorded,
            state,
            isRemote: true);
    }

    // What does not fit, or is no ASCII, is left out: a trace is whole without it.
    private static ReadOnlySpan<byte> GetState(string? state) =>
        state is { Length: > 0 and <= CallHeader.MaxTraceStateBytes } && Ascii.IsValid(state)
            ? Encoding.ASCII.GetBytes(state)
            : default;
}
