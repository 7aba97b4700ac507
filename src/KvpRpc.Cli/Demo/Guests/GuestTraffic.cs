namespace KvpRpc.Cli.Demo.Guests;

/// <summary>What a guest's programs did with its tables: batches, items and bytes written, and reads of the host's
/// items.
/// </summary>
internal readonly record struct GuestTraffic(long Writes, long Items, long Bytes, long Reads)
{
    public static GuestTraffic operator +(GuestTraffic left, GuestTraffic right) => new(
        left.Writes + right.Writes, left.Items + right.Items, left.Bytes + right.Bytes, left.Reads + right.Reads);
}
