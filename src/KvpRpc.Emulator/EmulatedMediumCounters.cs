namespace KvpRpc.Emulator;

/// <summary>What the traffic of one emulated virtual machine has cost on the medium, since it was added.</summary>
/// <remarks>Bytes are those of keys and values in UTF-8.</remarks>
public sealed record EmulatedMediumCounters
{
    /// <summary>Gets how many batches the host's programs handed to their transports: the <em>host
    /// writes</em>.</summary>
    public long HostWrites { get; init; }

    /// <summary>Gets how many calls of the host service these took: one or more each.</summary>
    public long HostWriteCalls { get; init; }

    /// <summary>Gets how many items these calls named.</summary>
    public long HostItemsWritten { get; init; }

    /// <summary>Gets the bytes of these items.</summary>
    public long HostBytesWritten { get; init; }

    /// <summary>Gets how often the host queried the guest's items: the <em>polls</em>.</summary>
    public long HostPolls { get; init; }

    /// <summary>Gets how many guest items these queries brought.</summary>
    public long GuestItemsRead { get; init; }

    /// <summary>Gets the bytes of these items.</summary>
    public long GuestBytesRead { get; init; }

    /// <summary>Gets how often the host queried its own items.</summary>
    public long HostReadsBack { get; init; }

    /// <summary>Gets how many batches the guest's programs wrote, as far as the emulator sees them: the <em>guest
    /// writes</em>. Programs that write pool files themselves are not seen.</summary>
    public long GuestWrites { get; init; }

    /// <summary>Gets how many items these batches named.</summary>
    public long GuestItemsWritten { get; init; }

    /// <summary>Gets the bytes of these items.</summary>
    public long GuestBytesWritten { get; init; }

    /// <summary>Gets how often the guest's programs read the host's items, as far as the emulator sees them.</summary>
    public long GuestReads { get; init; }

    /// <summary>Gets how many transactions went over the wire between host and guest: one item each.</summary>
    public long Transactions { get; init; }
}
