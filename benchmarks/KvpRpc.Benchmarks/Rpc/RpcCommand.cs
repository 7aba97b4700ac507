using System.Globalization;
using System.Text.Json;
using BenchmarkDotNet.Loggers;

namespace KvpRpc.Benchmarks.Rpc;

/// <summary>Prints what calls cost beside those of other systems, and says by its exit code whether all limits are
/// kept.</summary>
internal static class RpcCommand
{
    private const int Missed = 1;
    private const int Misused = 2;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    internal static int Run(string[] options)
    {
        if (options is not ([] or ["--json"]))
        {
            Console.Error.WriteLine("usage: rpc [--json]");
            return Misused;
        }

        // The run's own words are for people who watch: not among the figures.
        using StreamWriter errors = new(Console.OpenStandardError()) { AutoFlush = true };
        IReadOnlyList<RpcFigure> figures = RpcFigures.Measure(new TextLogger(errors));
        if (options.Length > 0)
            Console.WriteLine(JsonSerializer.Serialize(figures, Json));
        else
            PrintTable(figures);
        return figures.All(figure => figure.IsReached) ? 0 : Missed;
    }

    private static void PrintTable(IReadOnlyList<RpcFigure> figures)
    {
        foreach (IGrouping<string, RpcFigure> group in figures.GroupBy(figure => figure.Group))
        {
            Console.WriteLine(group.Key);
            foreach (RpcFigure figure in group)
            {
                string limit = figure.Limit is { } most
                    ? $"<= {Text(most),-5} {(figure.IsReached ? "pass" : "MISSED")}"
                    : "";
                Console.WriteLine(
                    $"  {figure.Name,-14} {figure.Ours,-17} {Text(figure.OurValue),8} {figure.Unit,-2}"
                    + $"  {figure.Theirs,-13} {Text(figure.TheirValue),8} {figure.Unit,-2}"
                    + $"  ratio {Text(figure.Ratio),-5} {limit}".TrimEnd());
            }
        }

        int missed = figures.Count(figure => !figure.IsReached);
        Console.WriteLine($"{figures.Count(figure => figure.Limit is not null)} limits, {missed} missed");
    }

    private static string Text(double value) =>
        value.ToString(value < 10 ? "0.##" : "0", CultureInfo.InvariantCulture);
}
