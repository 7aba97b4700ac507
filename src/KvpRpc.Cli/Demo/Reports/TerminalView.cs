using Spectre.Console;
using Spectre.Console.Rendering;

namespace KvpRpc.Cli.Demo.Reports;

/// <summary>Shows the demo to a person at a terminal, or in a log.</summary>
internal sealed class TerminalView : IDemoView
{
    private const int LogWidth = 120;
    private readonly IAnsiConsole _console;

    internal TerminalView()
    {
        // The consoles of Windows may be set to an old code page.
        if (OperatingSystem.IsWindows())
            Console.OutputEncoding = System.Text.Encoding.UTF8;
        _console = AnsiConsole.Create(new());
        if (Console.IsOutputRedirected)
            _console.Profile.Width = LogWidth;
    }

    public void Begin(GuestKindChoice choice, string version)
    {
        string what = choice.Name is GuestKindChoice.Daemon
            ? "the unmodified hv_kvp_daemon serves each guest's tables"
            : "each guest's tables are in memory";
        _console.WriteLine();
        _console.Write(new Panel(new Rows(
            new Markup("One emulated Hyper-V host and two guests, each a [bold]process of its own[/] that reaches "
                + "the host"),
            new Markup("through its KVP tables only: no network, no credentials, no agent port."),
            new Markup($"[grey]Guests:[/] [bold]{choice.Name}[/] ({what}); {Markup.Escape(choice.Reason)}.")))
        {
            Header = new($"[bold] kvprpc demo [/][grey]{Markup.Escape(version.Split('+')[0])} [/]"),
            Border = BoxBorder.Rounded,
            BorderStyle = new(Color.Grey),
            Padding = new(2, 0),
        });
    }

    public async Task<StepReport> ShowAsync(int number, string title, Func<Task<StepReport>> run)
    {
        StepReport step = _console.Profile.Capabilities.Interactive && !Console.IsOutputRedirected
            ? await _console.Status().Spinner(Spinner.Known.Dots).StartAsync(Markup.Escape(title), _ => run())
            : await run();
        _console.WriteLine();
        _console.Write(Headline(number, step));
        _console.Write(Body(step));
        return step;
    }

    public void End(DemoReport report)
    {
        if (report.Error is { } error)
        {
            Console.Error.WriteLine($"kvprpc demo: {error}");
            return;
        }

        _console.WriteLine();
        _console.Write(CostTable.Make(report.Machines));
        _console.MarkupLine("[grey]A write is one batch of items; a poll is one query of all items of a guest. The emulated "
            + "host counts what the host does, the guests count what they do. The emulated host's calls take no time of "
            + "their own; on a real host each takes some milliseconds.[/]");
        _console.WriteLine();
        int good = report.Steps.Count(step => step.Ok);
        string time = Text.Of(TimeSpan.FromMilliseconds(report.Milliseconds));
        _console.MarkupLine(report.Ok
            ? $"[green bold]✓ All {good} steps did what they say[/] [grey]in {time}.[/]"
            : $"[red bold]✗ {report.Steps.Count - good} of {report.Steps.Count} steps failed[/] [grey]in {time}.[/]");
    }

    private static Grid Headline(int number, StepReport step)
    {
        string mark = step.Ok ? "[green]✓[/]" : "[red]✗[/]";
        string writes = $"{step.Cost.HostWrites:N0} + {step.Cost.GuestWrites:N0} writes";
        Grid line = new() { Expand = true };
        line.AddColumn(new GridColumn { NoWrap = true, Width = 4, Padding = new(0, 0) });
        line.AddColumn(new GridColumn { Padding = new(0, 0) });
        line.AddColumn(new GridColumn { NoWrap = true, Alignment = Justify.Right, Padding = new(0, 0) });
        return line.AddRow(
            $"{mark} {number}",
            $"[bold]{Markup.Escape(step.Title)}[/]",
            $"[grey]{writes}, {Text.Of(TimeSpan.FromMilliseconds(step.Milliseconds))}[/]");
    }

    private static Grid Body(StepReport step)
    {
        Grid body = new();
        body.AddColumn(new GridColumn { NoWrap = true, Width = 13, Padding = new(4, 0, 1, 0) });
        body.AddColumn(new GridColumn { Padding = new(0, 0) });
        Add(body, "asked", step.Asked, "grey");
        for (int i = 0; i < step.Answers.Count; i++)
            Add(body, i == 0 ? "answered" : "", step.Answers[i], "default");
        if (!step.Ok)
        {
            Add(body, "expected", step.Expected, "yellow");
            Add(body, "came", step.Came ?? "", "red");
        }

        return body;
    }

    private static void Add(Grid grid, string label, string text, string style) =>
        grid.AddRow((IRenderable)new Markup($"[grey]{label}[/]"), new Markup($"[{style}]{Markup.Escape(text)}[/]"));
}
