using System.Globalization;
using System.Text.Json;
using KvpRpc.Protocol.Tests.Figures;

namespace KvpRpc.Benchmarks;

/// <summary>Prints the figures of the protocol, and says by its exit code whether all of them are reached.</summary>
internal static class FiguresCommand
{
    private const int Missed = 1;
    private const int Misused = 2;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    internal static int Run(string[] options)
    {
        if (options is not ([] or ["--json"]))
        {
            Console.Error.WriteLine("usage: figures [--json]");
            return Misused;
        }

        IReadOnlyList<ProtocolFigure> figures = ProtocolFigures.Measure();
        if (options.Length > 0)
            PrintJson(figures);
        else
            PrintTable(figures);
        return figures.All(figure => figure.IsReached) ? 0 : Missed;
    }

    private static void PrintJson(IReadOnlyList<ProtocolFigure> figures) => Console.WriteLine(JsonSerializer.Serialize(
        figures.Select(figure => new
        {
            figure.Group,
            figure.Name,
            figure.Value,
            Kind = figure.Kind == FigureKind.Goal ? "goal" : "guard",
            Bound = figure.IsLeast ? "least" : "most",
            figure.Limit,
            figure.IsReached,
        }),
        Json));

    private static void PrintTable(IReadOnlyList<ProtocolFigure> figures)
    {
        foreach (IGrouping<string, ProtocolFigure> group in figures.GroupBy(figure => figure.Group))
        {
            Console.WriteLine(group.Key);
            foreach (ProtocolFigure figure in group)
            {
                string limit = $"{(figure.Kind == FigureKind.Goal ? "goal" : "guard"),5}"
                    + $" {(figure.IsLeast ? ">=" : "<=")} {Text(figure.Limit),-7}";
                Console.WriteLine(
                    $"  {figure.Name,-42} {Text(figure.Value),8}  {limit} {(figure.IsReached ? "pass" : "MISSED")}");
            }
        }

        int missed = figures.Count(figure => !figure.IsReached);
        Console.WriteLine($"{figures.Count} figures, {missed} missed");
    }

    private static string Text(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);
}
