using System.Text;

namespace KvpRpc.Emulator.Guests;

/// <summary>The conversions of the kernel's driver for a guest that keeps strings instead of fields of bytes.</summary>
internal static class KernelText
{
    /// <summary>Host to guest: gives what a field of this size would hold.</summary>
    internal static string ToGuest(string text, int fieldBytes)
    {
        if (text.Length * 3 < fieldBytes && IsPlain(text)) return text;
        Span<byte> field = stackalloc byte[fieldBytes];
        int used = KernelConversion.ToGuest(text, field, KernelNls.StopsAtWhatDoesNotFit);
        return Encoding.UTF8.GetString(field[..(used - 1)]);
    }

    /// <summary>Guest to host: cuts what is too long for the wire, without a word.</summary>
    internal static string ToHost(string text, int maxUnits)
    {
        if (text.Length <= maxUnits) return text;
        return char.IsHighSurrogate(text[maxUnits - 1]) ? text[..(maxUnits - 1)] : text[..maxUnits];
    }

    private static bool IsPlain(string text) =>
        !text.Contains('\0', StringComparison.Ordinal) && !text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF');
}
