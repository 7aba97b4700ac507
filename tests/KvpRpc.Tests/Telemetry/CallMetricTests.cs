using System.Diagnostics.Metrics;
using KvpRpc.Calls;
using KvpRpc.Tests.Calls;

namespace KvpRpc.Tests.Telemetry;

/// <summary>The durations of calls are histograms in seconds.</summary>
[Collection(TelemetryGroup.Name)]
public sealed class CallMetricTests
{
    private const string Run = "test.Probe/Run";

    [Fact]
    public async Task The_duration_of_a_call_is_measured_on_both_sides()
    {
        using MetricList metrics = new();
        await using PeerPair peers = new();
        peers.Service.OnRun = (text, _) =>
        {
            peers.Time.Advance(TimeSpan.FromSeconds(1.5));
            return Task.FromResult(text);
        };
        await Wait.For(peers.Client.RunAsync("x"));
        AssertCall(await TakeAsync(metrics, KvpTelemetry.ClientCallDuration), 1.5, "OK", error: null);
        AssertCall(await TakeAsync(metrics, KvpTelemetry.ServerCallDuration), 1.5, "OK", error: null);
    }

    [Fact]
    public async Task An_error_is_a_tag()
    {
        using MetricList metrics = new();
        await using PeerPair peers = new();
        peers.Service.OnRun = (_, _) => throw new InvalidOperationException("secret");
        await Wait.ForError(peers.Client.RunAsync("x"));
        AssertCall(await TakeAsync(metrics, KvpTelemetry.ClientCallDuration), 0, "UNKNOWN", "UNKNOWN");
        AssertCall(await TakeAsync(metrics, KvpTelemetry.ServerCallDuration), 0, "UNKNOWN", "UNKNOWN");
    }

    [Fact]
    public void Each_status_has_a_text_of_its_own()
    {
        string[] texts = [.. Enum.GetValues<StatusCode>().Select(CallTelemetry.GetText)];
        Assert.Equal(17, texts.Distinct().Count());
        Assert.DoesNotContain(CallTelemetry.OtherMethod, texts);
        Assert.Equal(
            Enum.GetNames<StatusCode>().Order(),
            texts.Select(text => string.Concat(text.Split('_').Select(word =>
                word[..1] + word[1..].ToLowerInvariant()))).Order());
    }

    [Fact]
    public void The_instruments_are_named_and_measured_as_the_conventions_say()
    {
        Assert.Equal("rpc.client.call.duration", CallTelemetry.ClientDuration.Name);
        Assert.Equal("rpc.server.call.duration", CallTelemetry.ServerDuration.Name);
        foreach (Histogram<double> duration in new[]
        {
            CallTelemetry.ClientDuration, CallTelemetry.ServerDuration,
        })
        {
            Assert.Equal("s", duration.Unit);
            Assert.Equal(
                [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
                duration.Advice!.HistogramBucketBoundaries!);
            Assert.Equal("https://opentelemetry.io/schemas/1.45.0", duration.Meter.TelemetrySchemaUrl);
        }
    }

    private static async Task<MetricList.Taken> TakeAsync(MetricList metrics, string name)
    {
        await Wait.Until(() => metrics.Of(name).Any());
        return Assert.Single(metrics.Of(name));
    }

    private static void AssertCall(MetricList.Taken taken, double seconds, string status, string? error)
    {
        Assert.Equal(seconds, taken.Value);
        Dictionary<string, object?> expected = new()
        {
            ["rpc.system.name"] = "kvprpc",
            ["rpc.method"] = Run,
            ["rpc.status_code"] = status,
        };
        if (error is not null)
            expected["error.type"] = error;
        Assert.Equal(expected, taken.Tags);
    }
}
