using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace KvpRpc.Tests.Telemetry;

/// <summary>Takes the measurements of calls and links.</summary>
internal sealed class MetricList : IDisposable
{
    private readonly ConcurrentQueue<Taken> _all = new();
    private readonly MeterListener _listener = new();

    internal MetricList(params string[] names)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == KvpTelemetry.MeterName
                && (names.Length == 0 || names.Contains(instrument.Name)))
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<double>(Take);
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, state) =>
            Take(instrument, value, tags, state));
        _listener.Start();
    }

    internal IEnumerable<Taken> Of(string name) => _all.Where(one => one.Instrument.Name == name);

    /// <summary>Asks those that count only when they are asked.</summary>
    internal IEnumerable<Taken> Observe(string name)
    {
        int before = _all.Count;
        _listener.RecordObservableInstruments();
        return _all.Skip(before).Where(one => one.Instrument.Name == name);
    }

    public void Dispose() => _listener.Dispose();

    private void Take(
        Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state) =>
        _all.Enqueue(new(instrument, value, tags.ToArray().ToDictionary()));

    internal sealed record Taken(Instrument Instrument, double Value, Dictionary<string, object?> Tags);
}
