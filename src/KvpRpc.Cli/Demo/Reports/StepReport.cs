namespace KvpRpc.Cli.Demo.Reports;

/// <summary>What came of one step.</summary>
internal sealed record StepReport
{
    public required string Name { get; init; }

    public required string Title { get; init; }

    public required bool Ok { get; init; }

    public required string Asked { get; init; }

    public required string Expected { get; init; }

    public required IReadOnlyList<string> Answers { get; init; }

    /// <summary>Gets what came instead of what was expected; null when it came.</summary>
    public string? Came { get; init; }

    public required double Milliseconds { get; init; }

    /// <summary>Gets further measured figures; their names end in the unit.</summary>
    public required IReadOnlyDictionary<string, double> Figures { get; init; }

    /// <summary>Gets what the step cost on the medium of all machines.</summary>
    public required Cost Cost { get; init; }
}
