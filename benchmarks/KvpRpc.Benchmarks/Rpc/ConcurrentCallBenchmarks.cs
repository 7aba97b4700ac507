using BenchmarkDotNet.Attributes;

namespace KvpRpc.Benchmarks.Rpc;

/// <summary>Many calls at once, so that neither side ever has nothing to do: no thread spins for the next message, and
/// the whole of KvpRpc does not wait for the next poll.</summary>
public class ConcurrentCallBenchmarks
{
    // As many calls as a peer runs at once by default.
    private const int Callers = 256;
    private const int CallsEach = 10;

    private KvpRpcDesk? _kvpRpc;
    private EmulatedDesk? _emulated;
    private StreamJsonRpcDesk? _streamJsonRpc;

    [GlobalSetup(Target = nameof(KvpRpc))]
    public void SetUpKvpRpc() => _kvpRpc = new();

    [GlobalSetup(Target = nameof(KvpRpcEmulated))]
    public async Task SetUpEmulatedAsync() => _emulated = await EmulatedDesk.StartAsync();

    [GlobalSetup(Target = nameof(StreamJsonRpc))]
    public void SetUpStreamJsonRpc() => _streamJsonRpc = new();

    [GlobalCleanup]
    public async Task CleanUpAsync()
    {
        _streamJsonRpc?.Dispose();
        if (_kvpRpc is not null)
            await _kvpRpc.DisposeAsync();
        if (_emulated is not null)
            await _emulated.DisposeAsync();
    }

    [Benchmark(OperationsPerInvoke = Callers * CallsEach)]
    public Task KvpRpc() => RunAsync(() => _kvpRpc!.Client.AskAsync(Desk.Question));

    [Benchmark(OperationsPerInvoke = Callers * CallsEach)]
    public Task KvpRpcEmulated() => RunAsync(() => _emulated!.Client.AskAsync(Desk.Question));

    [Benchmark(OperationsPerInvoke = Callers * CallsEach, Baseline = true)]
    public Task StreamJsonRpc() =>
        RunAsync(() => _streamJsonRpc!.Client.AskAsync(Desk.Question, CancellationToken.None));

    private static async Task RunAsync(Func<Task<Answer>> ask)
    {
        Task[] callers = new Task[Callers];
        for (int i = 0; i < Callers; i++)
            callers[i] = CallAsync(ask);
        await Task.WhenAll(callers);
    }

    private static async Task CallAsync(Func<Task<Answer>> ask)
    {
        for (int i = 0; i < CallsEach; i++)
            await ask();
    }
}
