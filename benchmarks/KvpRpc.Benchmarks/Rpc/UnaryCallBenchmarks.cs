using BenchmarkDotNet.Attributes;

namespace KvpRpc.Benchmarks.Rpc;

/// <summary>One call after the other, with a small request and a small response.</summary>
public class UnaryCallBenchmarks
{
    private const int Calls = 1000;

    private KvpRpcDesk? _kvpRpc;
    private StreamJsonRpcDesk? _streamJsonRpc;
    private GrpcDesk? _grpc;

    [GlobalSetup(Target = nameof(KvpRpc))]
    public void SetUpKvpRpc() => _kvpRpc = new();

    [GlobalSetup(Target = nameof(StreamJsonRpc))]
    public void SetUpStreamJsonRpc() => _streamJsonRpc = new();

    [GlobalSetup(Target = nameof(Grpc))]
    public async Task SetUpGrpcAsync() => _grpc = await GrpcDesk.StartAsync();

    [GlobalCleanup]
    public async Task CleanUpAsync()
    {
        _streamJsonRpc?.Dispose();
        if (_kvpRpc is not null)
            await _kvpRpc.DisposeAsync();
        if (_grpc is not null)
            await _grpc.DisposeAsync();
    }

    [Benchmark(OperationsPerInvoke = Calls)]
    public async Task KvpRpc()
    {
        for (int i = 0; i < Calls; i++)
            await _kvpRpc!.Client.AskAsync(Desk.Question);
    }

    [Benchmark(OperationsPerInvoke = Calls, Baseline = true)]
    public async Task StreamJsonRpc()
    {
        for (int i = 0; i < Calls; i++)
            await _streamJsonRpc!.Client.AskAsync(Desk.Question, CancellationToken.None);
    }

    [Benchmark(OperationsPerInvoke = Calls)]
    public async Task Grpc()
    {
        for (int i = 0; i < Calls; i++)
        {
            await _grpc!.Invoker.AsyncUnaryCall(
                GrpcDeskService.AskMethod, null, default, Desk.Question).ResponseAsync;
        }
    }
}
