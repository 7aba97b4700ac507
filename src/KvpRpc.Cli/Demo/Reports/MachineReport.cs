namespace KvpRpc.Cli.Demo.Reports;

/// <summary>One virtual machine of the demo and what it cost on its medium in all.</summary>
internal sealed record MachineReport(string Name, Guid Id, IReadOnlyList<int> ProcessIds, Cost Cost);
