namespace KvpRpc.Cli.Demo.Reports;

/// <summary>What traffic cost on the medium.</summary>
internal sealed record Cost
{
    /// <summary>Gets the batches that the host wrote.</summary>
    public long HostWrites { get; init; }

    /// <summary>Gets the items in them.</summary>
    public long HostItems { get; init; }

    /// <summary>Gets the UTF-8 bytes of these items.</summary>
    public long HostBytes { get; init; }

    /// <summary>Gets how often the host queried the guest's items.</summary>
    public long HostPolls { get; init; }

    /// <summary>Gets how many items these polls brought.</summary>
    public long HostItemsRead { get; init; }

    /// <summary>Gets the UTF-8 bytes of these items.</summary>
    public long HostBytesRead { get; init; }

    /// <summary>Gets the batches that the guest wrote.</summary>
    public long GuestWrites { get; init; }

    /// <summary>Gets the items in them.</summary>
    public long GuestItems { get; init; }

    /// <summary>Gets the UTF-8 bytes of these items.</summary>
    public long GuestBytes { get; init; }

    /// <summary>Gets how often the guest read the host's items.</summary>
    public long GuestReads { get; init; }

    public static Cost operator +(Cost left, Cost right) => left.Combine(right, 1);

    public static Cost operator -(Cost left, Cost right) => left.Combine(right, -1);

    private Cost Combine(Cost other, int sign) => new()
    {
        HostWrites = HostWrites + (sign * other.HostWrites),
        HostItems = HostItems + (sign * other.HostItems),
        HostBytes = HostBytes + (sign * other.HostBytes),
        HostPolls = HostPolls + (sign * other.HostPolls),
        HostItemsRead = HostItemsRead + (sign * other.HostItemsRead),
        HostBytesRead = HostBytesRead + (sign * other.HostBytesRead),
        GuestWrites = GuestWrites + (sign * other.GuestWrites),
        GuestItems = GuestItems + (sign * other.GuestItems),
        GuestBytes = GuestBytes + (sign * other.GuestBytes),
        GuestReads = GuestReads + (sign * other.GuestReads),
    };
}
