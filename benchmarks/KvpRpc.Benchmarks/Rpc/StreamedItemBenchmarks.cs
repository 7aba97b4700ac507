using BenchmarkDotNet.Attributes;
using Grpc.Core;

namespace KvpRpc.Benchmarks.Rpc;

/// <summary>The items of one long result that is a stream.</summary>
public class StreamedItemBenchmarks
{
    private KvpRpcDesk? _kvpRpc;
    private EmulatedDesk? _emulated;
    private GrpcDesk? _grpc;

    [GlobalSetup(Target = nameof(KvpRpc))]
    public void SetUpKvpRpc() => _kvpRpc = new();

    [GlobalSetup(Target = nameof(KvpRpcEmulated))]
    public async Task SetUpEmulatedAsync() => _emulated = await EmulatedDesk.StartAsync();

    [GlobalSetup(Target = nameof(Grpc))]
    public async Task SetUpGrpcAsync() => _grpc = await GrpcDesk.StartAsync();

    [GlobalCleanup]
    public async Task CleanUpAsync()
    {
        if (_kvpRpc is not null)
            await _kvpRpc.DisposeAsync();
        if (_emulated is not null)
            await _emulated.DisposeAsync();
        if (_grpc is not null)
            await _grpc.DisposeAsync();
    }

    [Benchmark(OperationsPerInvoke = Desk.Readings)]
    public Task<double> KvpRpc() => WatchAsync(_kvpRpc!.Client);

    [Benchmark(OperationsPerInvoke = Desk.Readings)]
    public Task<double> KvpRpcEmulated() => WatchAsync(_emulated!.Client);

    [Benchmark(OperationsPerInvoke = Desk.Readings, Baseline = true)]
    public async Task<double> Grpc()
    {
        double sum = 0;
        using AsyncServerStreamingCall<Reading> call = _grpc!.Watch(Desk.Readings);
        while (await call.ResponseStream.MoveNext(CancellationToken.None))
            sum += call.ResponseStream.Current.Value;
        return sum;
    }

    private static async Task<double> WatchAsync(IDesk client)
    {
        double sum = 0;
        await foreach (Reading reading in client.WatchAsync(Desk.Readings))
            sum += reading.Value;
        return sum;
    }
}
