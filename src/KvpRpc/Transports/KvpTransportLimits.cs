namespace KvpRpc.Transports;

/// <summary>What an own item and a batch of them may hold.</summary>
public sealed record KvpTransportLimits
{
    /// <summary>Gets the largest key, in UTF-16 units. Hyper-V: 254.</summary>
    public int MaxKeyUnits { get; init; } = 254;

    /// <summary>Gets the largest value, in UTF-16 units. Hyper-V: 1023 from the host, 1022 from a guest.</summary>
    public int MaxValueUnits { get; init; } = 1022;

    /// <summary>Gets the largest value in bytes of UTF-8, or null where only units count. Linux guests: 2047.</summary>
    public int? MaxValueUtf8Bytes { get; init; }

    /// <summary>Gets how many items one batch may name. Hyper-V's host service: 128.</summary>
    public int MaxItemsPerBatch { get; init; } = 128;
}
