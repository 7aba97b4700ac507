using System.IO.Enumeration;
using KvpRpc.Transports;

namespace KvpRpc.Hosting;

/// <summary>Says which VMs are meant by names, patterns and ids.</summary>
internal static class MachinePatterns
{
    internal static bool Match(IEnumerable<string> patterns, KvpVirtualMachineInfo machine) =>
        patterns.Any(pattern => Guid.TryParse(pattern, out Guid id)
            ? machine.Id == id
            : FileSystemName.MatchesSimpleExpression(pattern, machine.Name, ignoreCase: true));
}
