using System.Globalization;
using Spectre.Console;

namespace KvpRpc.Cli.Decode;

/// <summary>Shows an explanation to a person.</summary>
internal static class ExplanationTable
{
    private const int LogWidth = 120;

    internal static void Show(Explanation explanation)
    {
        IAnsiConsole console = AnsiConsole.Create(new());
        if (Console.IsOutputRedirected)
            console.Profile.Width = LogWidth;
        console.MarkupLine($"[bold]{Markup.Escape(explanation.Summary)}[/]");
        if (explanation.Text.Count > 0)
            console.Write(Make("unit", explanation.Text, hasRaw: false));
        if (explanation.Bytes.Count > 0)
            console.Write(Make("byte", explanation.Bytes, hasRaw: true));
    }

    private static Table Make(string of, IReadOnlyList<Part> parts, bool hasRaw)
    {
        Table table = new() { Border = TableBorder.Rounded, BorderStyle = new(Color.Grey) };
        table.AddColumn(new TableColumn(of) { Alignment = Justify.Right, NoWrap = true });
        table.AddColumn(new TableColumn("count") { Alignment = Justify.Right, NoWrap = true });
        if (hasRaw)
            table.AddColumn("hexadecimal");
        table.AddColumn("field").AddColumn("value");
        foreach (Part part in parts)
        {
            string[] start = [Number(part.Offset), Number(part.Count)];
            string[] raw = hasRaw ? [part.Raw ?? "(sealed)"] : [];
            table.AddRow([.. start, .. raw, Markup.Escape(part.Name), Markup.Escape(part.Value)]);
        }

        return table;
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
