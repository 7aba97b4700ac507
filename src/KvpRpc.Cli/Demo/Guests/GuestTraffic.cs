namespace KvpRpc.Cli.Demo.Guests;

/// <summary>What a guest's programs did with its tables.</summary>
/// <param name="Writes">The batches written.</param>
/// <param name="Items">The items in them.</param>
/// <param name="Bytes">The UTF-8 bytes of these items.</param>
/// <param name="Reads">The reads of the host's items.</param>
internal readonly record struct GuestTraffic(long Writes, long Items, long Bytes, long Reads)
{
    public static GuestTraffic operator +(GuestTraffic left, GuestTraffic right) => new(
        left.Writes + right.Writes, left.Items + right.Items, left.Bytes + right.Bytes, left.Reads + right.Reads);
}
