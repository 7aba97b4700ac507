namespace KvpRpc.Cli.Demo.Reports;

/// <summary>How the demo is shown.</summary>
internal interface IDemoView
{
    /// <summary>Shows what will be played.</summary>
    void Begin(GuestKindChoice choice, string version);

    /// <summary>Shows a step while it runs and what came of it.</summary>
    Task<StepReport> ShowAsync(int number, string title, Func<Task<StepReport>> run);

    /// <summary>Shows what came of all.</summary>
    void End(DemoReport report);
}
