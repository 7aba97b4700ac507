using System.Diagnostics;
using System.Diagnostics.Metrics;
using BenchmarkDotNet.Attributes;
using KvpRpc.Resilience;

namespace KvpRpc.Benchmarks.Rpc;

/// <summary>What it costs a call to be retried where it fails, intercepted, or measured; and that one which is not pays
/// nothing for it.</summary>
public class CallOptionBenchmarks
{
    private const int Calls = 1000;

    private readonly List<IDisposable> _listeners = [];
    private KvpRpcDesk? _desk;

    [GlobalSetup(Target = nameof(NoResilience))]
    public void SetUpNoResilience() => _desk = new(new() { Resilience = RpcResilienceOptions.None });

    [GlobalSetup(Target = nameof(Plain))]
    public void SetUpPlain() => _desk = new();

    [GlobalSetup(Target = nameof(ClientIntercepted))]
    public void SetUpClientIntercepted() => _desk = new(new() { ClientInterceptors = [new PassingInterceptor()] });

    [GlobalSetup(Target = nameof(ServerIntercepted))]
    public void SetUpServerIntercepted() =>
        _desk = new(callee: new() { ServerInterceptors = [new PassingInterceptor()] });

    [GlobalSetup(Target = nameof(Traced))]
    public void SetUpTraced()
    {
        ActivityListener listener = new()
        {
            ShouldListenTo = static source => source.Name == KvpTelemetry.SourceName,
            Sample = static (ref _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        _listeners.Add(listener);
        _desk = new();
    }

    [GlobalSetup(Target = nameof(Metered))]
    public void SetUpMetered()
    {
        MeterListener listener = new()
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Meter.Name == KvpTelemetry.SourceName)
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<double>(static (_, _, _, _) => { });
        listener.Start();
        _listeners.Add(listener);
        _desk = new();
    }

    [GlobalCleanup]
    public async Task CleanUpAsync()
    {
        _listeners.ForEach(listener => listener.Dispose());
        await _desk!.DisposeAsync();
    }

    [Benchmark(OperationsPerInvoke = Calls, Baseline = true)]
    public Task Plain() => RunAsync();

    [Benchmark(OperationsPerInvoke = Calls)]
    public Task NoResilience() => RunAsync();

    [Benchmark(OperationsPerInvoke = Calls)]
    public Task ClientIntercepted() => RunAsync();

    [Benchmark(OperationsPerInvoke = Calls)]
    public Task ServerIntercepted() => RunAsync();

    [Benchmark(OperationsPerInvoke = Calls)]
    public Task Traced() => RunAsync();

    [Benchmark(OperationsPerInvoke = Calls)]
    public Task Metered() => RunAsync();

    private async Task RunAsync()
    {
        IDesk client = _desk!.Client;
        for (int i = 0; i < Calls; i++)
            await client.AskAsync(Desk.Question);
    }
}
