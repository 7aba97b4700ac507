using System.Collections.Concurrent;
using System.Diagnostics;
using KvpRpc.Tests.Calls;

namespace KvpRpc.Tests.Telemetry;

/// <summary>Takes the spans of calls as they end.</summary>
internal sealed class SpanList : IDisposable
{
    private readonly ConcurrentQueue<Activity> _ended = new();
    private readonly ActivityListener _listener;

    internal SpanList()
    {
        _listener = new()
        {
            ShouldListenTo = source => source.Name == KvpTelemetry.SourceName,
            Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _ended.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    internal async Task<Activity> WaitForAsync(ActivityKind kind, string name)
    {
        await Wait.Until(() => _ended.Any(span => span.Kind == kind && span.DisplayName == name));
        return _ended.Single(span => span.Kind == kind && span.DisplayName == name);
    }

    public void Dispose() => _listener.Dispose();
}
