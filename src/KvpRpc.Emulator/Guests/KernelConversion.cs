using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace KvpRpc.Emulator.Guests;

/// <summary>What the KVP driver of a Linux kernel does to text on its way: UTF-16 outside, UTF-8 inside.</summary>
/// <remarks>Sizes are those of linux/hyperv.h. Towards the host the driver keeps room for two units of each field, so
/// that 254 and 1022 of 256 and 1024 are left.</remarks>
internal static class KernelConversion
{
    /// <summary>The size of a key inside the guest, in bytes with the NUL.</summary>
    internal const int KeyFieldBytes = 512;

    /// <summary>The size of a value inside the guest, in bytes with the NUL.</summary>
    internal const int ValueFieldBytes = 2048;

    /// <summary>The longest key that reaches the host, in UTF-16 units; what is beyond is cut without a word.</summary>
    internal const int MaxKeyUnits = 254;

    /// <summary>The longest value that reaches the host, in UTF-16 units; what is beyond is cut without a
    /// word.</summary>
    internal const int MaxValueUnits = 1022;

    /// <summary>Host to guest: puts <paramref name="text"/> and a NUL into <paramref name="field"/>.</summary>
    /// <remarks>Ends at the first U+0000. Unpaired surrogates are dropped. Bytes of the field after the NUL
    /// stay.</remarks>
    /// <returns>The bytes used, with the NUL: what the driver states as the size.</returns>
    internal static int ToGuest(ReadOnlySpan<char> text, Span<byte> field, KernelNls nls)
    {
        Span<byte> room = field[..^1];
        int used = 0;
        while (!text.IsEmpty && used < room.Length)
        {
            OperationStatus status = Rune.DecodeFromUtf16(text, out Rune rune, out int units);
            if (status is OperationStatus.Done && rune.Value is 0) break;
            text = text[units..];
            if (status is not OperationStatus.Done) continue;
            if (rune.TryEncodeToUtf8(room[used..], out int bytes)) used += bytes;
            else if (nls is KernelNls.StopsAtWhatDoesNotFit) break;
        }

        field[used] = 0;
        return used + 1;
    }

    /// <summary>Guest to host: takes the text before the first NUL of <paramref name="field"/>, at most
    /// <paramref name="maxUnits"/> of it.</summary>
    /// <remarks>A character of two units of which only one fits ends the text. Bytes after the cut are not looked
    /// at.</remarks>
    /// <returns>False if the part that counts is not UTF-8; the driver then answers the host with an error.</returns>
    internal static bool TryToHost(ReadOnlySpan<byte> field, int maxUnits, [NotNullWhen(true)] out string? text)
    {
        Span<char> buffer = stackalloc char[MaxValueUnits];
        buffer = buffer[..maxUnits];
        int used = 0;
        while (!field.IsEmpty && field[0] is not 0 && used < buffer.Length)
        {
            if (Rune.DecodeFromUtf8(field, out Rune rune, out int bytes) is not OperationStatus.Done)
            {
                text = null;
                return false;
            }

            if (!rune.TryEncodeToUtf16(buffer[used..], out int units)) break;
            used += units;
            field = field[bytes..];
        }

        text = new string(buffer[..used]);
        return true;
    }
}
