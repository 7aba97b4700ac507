using System.Collections.Immutable;
using KvpRpc.Emulator.Guests;

namespace KvpRpc.Emulator;

/// <summary>The tables of an emulated virtual machine at one moment.</summary>
public sealed class EmulatedCheckpoint
{
    internal EmulatedCheckpoint(EmulatedVirtualMachine machine, GuestTables guest, ImmutableArray<KvpRecord> hostItems)
    {
        Machine = machine;
        Guest = guest;
        HostItems = hostItems;
    }

    internal EmulatedVirtualMachine Machine { get; }

    internal GuestTables Guest { get; }

    internal ImmutableArray<KvpRecord> HostItems { get; }
}
