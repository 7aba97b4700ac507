using KvpRpc.Protocol.Hellos;
using KvpRpc.Transports;

namespace KvpRpc.Driver;

/// <summary>Refuses transports whose limits leave no room for a link.</summary>
internal static class LimitsCheck
{
    // A hello of the largest size in base64, and its mark.
    private const int MinValueUnits = 1 + (((HelloCodec.MaxBytes * 4) + 2) / 3);

    /// <summary>Checks that a link fits into a transport's items.</summary>
    /// <param name="limits">What the transport announces.</param>
    /// <param name="keyPrefix">What the keys of the items start with; a number of up to three digits follows.</param>
    /// <exception cref="ArgumentException">It does not; the message says which limit is too low.</exception>
    internal static void Check(KvpTransportLimits limits, string keyPrefix)
    {
        Check(limits.MaxKeyUnits, keyPrefix.Length + 3, nameof(limits.MaxKeyUnits));
        Check(limits.MaxValueUnits, MinValueUnits, nameof(limits.MaxValueUnits));
        Check(limits.MaxValueUtf8Bytes ?? MinValueUnits, MinValueUnits, nameof(limits.MaxValueUtf8Bytes));
        Check(limits.MaxItemsPerBatch, 1, nameof(limits.MaxItemsPerBatch));
    }

    private static void Check(int value, int least, string limit)
    {
        if (value >= least)
            return;
        throw new ArgumentException(
            $"The transport announces {limit} = {value}; a link needs {least} or more. Let the transport's "
            + $"{nameof(IKvpTransport.Limits)} say what its tables hold.");
    }
}
