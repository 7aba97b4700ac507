using System.Globalization;
using KvpRpc.Emulator.Guests;

namespace KvpRpc.Emulator.Host;

/// <summary>What the host tells every guest about itself at boot: pool 3 of a Linux guest.</summary>
internal static class HostFacts
{
    internal static KvpRecord[] Get(EmulatedVirtualMachine machine, EmulatedHyperVOptions options) =>
    [
        new("HostName", options.HostName),
        new("HostingSystemEditionId", "8"),
        new("HostingSystemNestedLevel", "0"),
        new("HostingSystemOsMajor", options.Build < 10000 ? "6" : "10"),
        new("HostingSystemOsMinor", options.Build switch { < 9600 => "2", < 10000 => "3", _ => "0" }),
        new("HostingSystemBuild", options.Build.ToString(CultureInfo.InvariantCulture)),
        new("HostingSystemProcessorArchitecture", "9"),
        new("PhysicalHostName", options.HostName),
        new("PhysicalHostNameFullyQualified", options.HostName),
        new("VirtualMachineId", machine.Id.ToString().ToUpperInvariant()),
        new("VirtualMachineName", machine.Name),
    ];
}
