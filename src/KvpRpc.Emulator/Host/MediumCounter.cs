namespace KvpRpc.Emulator.Host;

/// <summary>What a <see cref="MediumMeter"/> counts; see <see cref="EmulatedMediumCounters"/>.</summary>
internal enum MediumCounter
{
    HostWrites,
    HostWriteCalls,
    HostItemsWritten,
    HostBytesWritten,
    HostPolls,
    GuestItemsRead,
    GuestBytesRead,
    HostReadsBack,
    GuestWrites,
    GuestItemsWritten,
    GuestBytesWritten,
    GuestReads,
    Transactions,
}
