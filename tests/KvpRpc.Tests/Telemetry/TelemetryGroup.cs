namespace KvpRpc.Tests.Telemetry;

/// <summary>Who listens, listens to the whole process: these tests run when no others do.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class TelemetryGroup
{
    internal const string Name = "Telemetry";
}
