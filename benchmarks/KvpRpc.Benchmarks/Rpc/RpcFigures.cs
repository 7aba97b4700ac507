using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;

namespace KvpRpc.Benchmarks.Rpc;

/// <summary>Measures calls and items beside those of other systems, all in one run of BenchmarkDotNet in this
/// process.</summary>
internal static class RpcFigures
{
    private const string Processor = "processor time";
    private const string Allocated = "allocated";

    // Short: every figure is a ratio of neighbours in one run, and of sums over all iterations.
    private static readonly Job Job = Job.Default
        .WithToolchain(InProcessEmitToolchain.Instance)
        .WithWarmupCount(6)
        .WithIterationCount(8)
        .WithIterationTime(TimeInterval.FromMilliseconds(250));

    internal static IReadOnlyList<RpcFigure> Measure(ILogger logger)
    {
        Summary[] summaries = BenchmarkRunner.Run(
            [
                typeof(UnaryCallBenchmarks),
                typeof(StreamedItemBenchmarks),
                typeof(ConcurrentCallBenchmarks),
                typeof(CallOptionBenchmarks),
            ],
            ManualConfig.CreateEmpty()
                .AddJob(Job)
                .AddDiagnoser(MemoryDiagnoser.Default, new ProcessorTimeDiagnoser())
                .AddColumnProvider(DefaultColumnProviders.Instance)
                .AddLogger(logger)
                .WithOptions(ConfigOptions.DisableLogFile));
        Dictionary<string, BenchmarkReport> reports = summaries
            .SelectMany(summary => summary.Reports)
            .ToDictionary(report => GetName(report.BenchmarkCase.Descriptor));
        return [.. Compare(new(reports))];
    }

    private static string GetName(Descriptor benchmark) => $"{benchmark.Type.Name}.{benchmark.WorkloadMethod.Name}";

    private static IEnumerable<RpcFigure> Compare(Reports reports)
    {
        const string Unary = "a unary call, without engine and medium";
        yield return reports.Compare(Unary, Processor, nameof(UnaryCallBenchmarks), "KvpRpc", "StreamJsonRpc", 0.5);
        yield return reports.Compare(Unary, Allocated, nameof(UnaryCallBenchmarks), "KvpRpc", "StreamJsonRpc", 0.25);
        yield return reports.Compare(Unary, Processor, nameof(UnaryCallBenchmarks), "KvpRpc", "Grpc", null);
        yield return reports.Compare(Unary, Allocated, nameof(UnaryCallBenchmarks), "KvpRpc", "Grpc", null);

        const string Many = "a unary call of 256 at once, without engine and medium";
        const string Concurrent = nameof(ConcurrentCallBenchmarks);
        yield return reports.Compare(Many, Processor, Concurrent, "KvpRpc", "StreamJsonRpc", 0.5);
        yield return reports.Compare(Many, Allocated, Concurrent, "KvpRpc", "StreamJsonRpc", 0.25);

        const string Items = "an item of a stream, without engine and medium";
        yield return reports.Compare(Items, Processor, nameof(StreamedItemBenchmarks), "KvpRpc", "Grpc", 1);
        yield return reports.Compare(Items, Allocated, nameof(StreamedItemBenchmarks), "KvpRpc", "Grpc", 1);

        const string WholeItems = "an item of a stream, with engine, sealing and emulated tables";
        yield return reports.Compare(
            WholeItems, Processor, nameof(StreamedItemBenchmarks), "KvpRpcEmulated", "Grpc", null);
        yield return reports.Compare(
            WholeItems, Allocated, nameof(StreamedItemBenchmarks), "KvpRpcEmulated", "Grpc", null);

        const string Whole = "a unary call of 256 at once, with engine, sealing and emulated tables";
        yield return reports.Compare(Whole, Processor, Concurrent, "KvpRpcEmulated", "StreamJsonRpc", null);
        yield return reports.Compare(Whole, Allocated, Concurrent, "KvpRpcEmulated", "StreamJsonRpc", null);

        const string Options = "a unary call of ours, with … ÷ plain";
        foreach (string option in (string[])
            ["NoResilience", "ClientIntercepted", "ServerIntercepted", "Traced", "Metered"])
        {
            yield return reports.Compare(Options, Processor, nameof(CallOptionBenchmarks), option, "Plain", null);
            yield return reports.Compare(Options, Allocated, nameof(CallOptionBenchmarks), option, "Plain", null);
        }
    }

    /// <summary>What the run has measured, by class and method.</summary>
    private sealed class Reports(Dictionary<string, BenchmarkReport> reports)
    {
        internal RpcFigure Compare(
            string group, string name, string type, string ours, string theirs, double? limit) => new(
                group,
                name,
                name == Processor ? "ns" : "B",
                Get(type, ours, name),
                Get(type, theirs, name),
                ours,
                theirs,
                limit);

        private double Get(string type, string method, string name)
        {
            BenchmarkReport report = reports[$"{type}.{method}"];
            return name == Processor
                ? report.Metrics[ProcessorTimeDiagnoser.MetricId].Value
                : report.Metrics["Allocated Memory"].Value;
        }
    }
}
