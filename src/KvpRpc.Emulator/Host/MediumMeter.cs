using System.Text;

namespace KvpRpc.Emulator.Host;

/// <summary>Counts what the traffic of one virtual machine costs. Safe for use from several threads.</summary>
internal sealed class MediumMeter
{
    private readonly long[] _counts = new long[Enum.GetValues<MediumCounter>().Length];

    internal void Add(MediumCounter counter, long count = 1) => Interlocked.Add(ref _counts[(int)counter], count);

    /// <summary>Gets the bytes that an item is counted with.</summary>
    internal static int CountBytes(ReadOnlySpan<char> key, ReadOnlySpan<char> value) =>
        Encoding.UTF8.GetByteCount(key) + Encoding.UTF8.GetByteCount(value);

    internal EmulatedMediumCounters TakeSnapshot() => new()
    {
        HostWrites = Get(MediumCounter.HostWrites),
        HostWriteCalls = Get(MediumCounter.HostWriteCalls),
        HostItemsWritten = Get(MediumCounter.HostItemsWritten),
        HostBytesWritten = Get(MediumCounter.HostBytesWritten),
        HostPolls = Get(MediumCounter.HostPolls),
        GuestItemsRead = Get(MediumCounter.GuestItemsRead),
        GuestBytesRead = Get(MediumCounter.GuestBytesRead),
        HostReadsBack = Get(MediumCounter.HostReadsBack),
        GuestWrites = Get(MediumCounter.GuestWrites),
        GuestItemsWritten = Get(MediumCounter.GuestItemsWritten),
        GuestBytesWritten = Get(MediumCounter.GuestBytesWritten),
        GuestReads = Get(MediumCounter.GuestReads),
        Transactions = Get(MediumCounter.Transactions),
    };

    private long Get(MediumCounter counter) => Interlocked.Read(ref _counts[(int)counter]);
}
