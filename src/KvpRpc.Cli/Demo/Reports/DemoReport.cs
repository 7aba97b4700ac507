using System.Text.Json.Serialization;

namespace KvpRpc.Cli.Demo.Reports;

/// <summary>What came of the demo: the document of <c>--json</c>.</summary>
internal sealed record DemoReport
{
    public required bool Ok { get; init; }

    /// <summary>Gets why the demo could not run; null when it ran.</summary>
    public string? Error { get; init; }

    public required string Version { get; init; }

    /// <summary>Gets the kind of the guests: daemon, linux or windows.</summary>
    public required string Guest { get; init; }

    /// <summary>Gets why this kind.</summary>
    public required string GuestReason { get; init; }

    public required double Milliseconds { get; init; }

    public required IReadOnlyList<StepReport> Steps { get; init; }

    public required IReadOnlyList<MachineReport> Machines { get; init; }
}

/// <summary>The code that writes the document, made by the compiler.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DemoReport))]
internal sealed partial class DemoJson : JsonSerializerContext;
