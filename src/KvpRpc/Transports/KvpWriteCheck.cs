using System.Text;

namespace KvpRpc.Transports;

/// <summary>Finds the writes that no table takes as they are, before anything is written.</summary>
internal static class KvpWriteCheck
{
    private const int MaxKeyUtf8BytesOnLinux = 511;

    /// <summary>Says why the write must be refused, or null.</summary>
    internal static string? GetRefusal(KvpItemWrite write, KvpTransportLimits limits)
    {
        if (write.Key.Length > limits.MaxKeyUnits)
            return $"The key has {write.Key.Length} UTF-16 units; {limits.MaxKeyUnits} is the limit.";
        if (!KvpText.IsCarried(write.Key)) return "The key has a character that KVP does not carry.";
        if (limits.MaxValueUtf8Bytes is not null && IsLonger(write.Key, MaxKeyUtf8BytesOnLinux))
            return $"The key has more than {MaxKeyUtf8BytesOnLinux} bytes of UTF-8, the limit of Linux guests.";
        if (write.IsDelete) return null;

        ReadOnlySpan<char> value = write.Value.Span;
        if (value.Length > limits.MaxValueUnits)
            return $"The value has {value.Length} UTF-16 units; {limits.MaxValueUnits} is the limit.";
        if (!KvpText.IsCarried(value)) return "The value has a character that KVP does not carry.";
        if (limits.MaxValueUtf8Bytes is { } bytes && IsLonger(value, bytes))
            return $"The value has more than {bytes} bytes of UTF-8, the limit of Linux guests.";
        return null;
    }

    // A UTF-16 unit takes at most three bytes of UTF-8, so short texts need no count.
    private static bool IsLonger(ReadOnlySpan<char> text, int bytes) =>
        text.Length > bytes / 3 && Encoding.UTF8.GetByteCount(text) > bytes;
}
