namespace KvpRpc.Cli.Demo.Guests;

/// <summary>Where a guest's program finds its tables.</summary>
internal sealed record GuestPlace
{
    /// <summary>Gets the folder of the pool files that the guest's daemon serves; null where they are behind a
    /// port.</summary>
    internal string? PoolFolder { get; init; }

    /// <summary>Gets the folder of the guest's lock files; needed beside pool files.</summary>
    internal string? LockFolder { get; init; }

    /// <summary>Gets the port of an emulated guest; null where there are pool files.</summary>
    internal string? Endpoint { get; init; }

    internal required string KeyPrefix { get; init; }

    /// <summary>Gets the file of the <see cref="TrafficMeter"/>.</summary>
    internal required string MeterFile { get; init; }
}
