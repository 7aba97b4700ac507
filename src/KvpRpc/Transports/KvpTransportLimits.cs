using KvpRpc.Protocol.Hellos;

namespace KvpRpc.Transports;

/// <summary>What an own item and a batch of them may hold.</summary>
public sealed record KvpTransportLimits
{
    // A hello of 512 bytes in base64, and its mark.
    private const int MinValueUnits = 1 + (((HelloCodec.MaxBytes * 4) + 2) / 3);

    /// <summary>Gets the largest key, in UTF-16 units. Hyper-V: 254.</summary>
    public int MaxKeyUnits { get; init; } = 254;

    /// <summary>Gets the largest value, in UTF-16 units. Hyper-V: 1023 from the host, 1022 from a guest.</summary>
    public int MaxValueUnits { get; init; } = 1022;

    /// <summary>Gets the largest value in bytes of UTF-8, or null where only units count. Linux guests: 2047.</summary>
    public int? MaxValueUtf8Bytes { get; init; }

    /// <summary>Gets how many items one batch may name. Hyper-V's host service: 128.</summary>
    public int MaxItemsPerBatch { get; init; } = 128;

    /// <summary>Checks that a link fits into the items.</summary>
    /// <param name="keyPrefix">What the keys of its items start with; a number of up to three digits follows.</param>
    /// <param name="transport">The name of the parameter that the transport came in.</param>
    /// <exception cref="ArgumentException">It does not; the message says which limit is too low.</exception>
    internal void Validate(string keyPrefix, string transport)
    {
        Check(MaxKeyUnits, keyPrefix.Length + 3, nameof(MaxKeyUnits), transport);
        Check(MaxValueUnits, MinValueUnits, nameof(MaxValueUnits), transport);
        Check(MaxValueUtf8Bytes ?? MinValueUnits, MinValueUnits, nameof(MaxValueUtf8Bytes), transport);
        Check(MaxItemsPerBatch, 1, nameof(MaxItemsPerBatch), transport);
    }

    private static void Check(int value, int least, string limit, string transport)
    {
        if (value >= least)
            return;
        throw new ArgumentException(
            $"The transport announces {limit} = {value}; a link needs {least} or more. Let the transport's "
            + $"{nameof(IKvpTransport.Limits)} say what its tables hold.",
            transport);
    }
}
