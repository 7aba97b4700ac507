namespace KvpRpc.Cli.Demo;

/// <summary>One thing that the demo shows.</summary>
internal interface IDemoStep
{
    /// <summary>Gets a name for programs: lower case and hyphens.</summary>
    string Name { get; }

    /// <summary>Gets a title for people.</summary>
    string Title { get; }

    /// <summary>Gets what must come.</summary>
    string Expected { get; }

    /// <summary>Does it.</summary>
    /// <exception cref="StepFailedException">Something else came.</exception>
    Task RunAsync(DemoScene scene, StepLog log, CancellationToken cancellationToken);
}
