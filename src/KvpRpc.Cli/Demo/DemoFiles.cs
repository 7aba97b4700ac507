using KvpRpc.Cli.Trace;

namespace KvpRpc.Cli.Demo;

/// <summary>What the demo writes down of itself.</summary>
/// <param name="Recording">What the tables of the first guest show; null for none.</param>
/// <param name="KeyLog">The keys of all links; null for none.</param>
internal sealed record DemoFiles(RecordingFile? Recording, string? KeyLog);
