using BenchmarkDotNet.Analysers;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Engines;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Validators;

namespace KvpRpc.Benchmarks.Rpc;

/// <summary>Measures what processors spend on an operation, on all threads of this process: the time on the clock says
/// little of calls, which wait for other threads, and of a machine that others use too.</summary>
/// <remarks>For toolchains that run in the process.</remarks>
internal sealed class ProcessorTimeDiagnoser : IDiagnoser
{
    internal const string MetricId = "ProcessorTime";

    private static readonly MetricDescriptor Descriptor = new();

    private TimeSpan _start;
    private TimeSpan _spent;

    public IEnumerable<string> Ids => [MetricId];

    public IEnumerable<IExporter> Exporters => [];

    public IEnumerable<IAnalyser> Analysers => [];

    public RunMode GetRunMode(BenchmarkCase benchmarkCase) => RunMode.NoOverhead;

    public void Handle(HostSignal signal, DiagnoserActionParameters parameters)
    {
        if (signal == HostSignal.BeforeActualRun)
            _start = Environment.CpuUsage.TotalTime;
        else if (signal == HostSignal.AfterActualRun)
            _spent = Environment.CpuUsage.TotalTime - _start;
    }

    public IEnumerable<Metric> ProcessResults(DiagnoserResults results)
    {
        long operations = results.Measurements
            .Where(measurement => measurement is
            { IterationMode: IterationMode.Workload, IterationStage: IterationStage.Actual })
            .Sum(measurement => measurement.Operations);
        yield return new(Descriptor, _spent.TotalNanoseconds / operations);
    }

    public void DisplayResults(ILogger logger)
    {
    }

    public IEnumerable<ValidationError> Validate(ValidationParameters validationParameters) => [];

    private sealed class MetricDescriptor : IMetricDescriptor
    {
        public string Id => MetricId;

        public string DisplayName => "Processor";

        public string Legend => "Time of all processors on one operation";

        public string NumberFormat => "0.##";

        public UnitType UnitType => UnitType.Time;

        public string Unit => "ns";

        public bool TheGreaterTheBetter => false;

        public int PriorityInCategory => 0;

        public bool GetIsAvailable(Metric metric) => true;
    }
}
