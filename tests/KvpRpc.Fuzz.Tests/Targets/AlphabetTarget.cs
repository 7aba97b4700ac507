using System.Buffers.Binary;
using KvpRpc.Protocol.Alphabets;

namespace KvpRpc.Fuzz.Tests.Targets;

/// <summary>An alphabet number, then either a text as UTF-16 (little endian) or bytes to make a text of.</summary>
internal static class AlphabetTarget
{
    internal static FuzzTarget Instance { get; } = new("alphabet", 64 << 10, input => Run(input.Span));

    private static bool Run(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty)
            return false;
        Alphabet alphabet = Alphabet.All[(input[0] >> 1) % Alphabet.All.Count];
        if ((input[0] & 1) == 0)
            return Decode(alphabet, input[1..]);
        Encode(alphabet, input[1..]);
        return true;
    }

    private static bool Decode(Alphabet alphabet, ReadOnlySpan<byte> input)
    {
        char[] text = new char[Math.Min(input.Length / 2, 2048)];
        for (int i = 0; i < text.Length; i++)
            text[i] = (char)BinaryPrimitives.ReadUInt16LittleEndian(input[(2 * i)..]);
        byte[] bytes = new byte[alphabet.MaxBytes(text.Length)];
        if (!alphabet.TryDecode(text, bytes, out int count))
            return false;

        char[] again = new char[alphabet.UnitsFor(count)];
        int units = alphabet.Encode(bytes.AsSpan(0, count), again);
        Finding.Unless(
            again.AsSpan(0, units).SequenceEqual(text), $"the text of {text.Length} units has a second spelling");
        if (count > 0)
        {
            Finding.Unless(
                !alphabet.TryDecode(text, new byte[count - 1], out _), $"{count} bytes were put into {count - 1}");
        }

        return true;
    }

    private static void Encode(Alphabet alphabet, ReadOnlySpan<byte> bytes)
    {
        bytes = bytes[..Math.Min(bytes.Length, 2048)];
        char[] text = new char[alphabet.UnitsFor(bytes.Length)];
        int units = alphabet.Encode(bytes, text);
        Finding.Unless(units == text.Length, $"{units} units were written, {text.Length} foretold");
        byte[] again = new byte[alphabet.MaxBytes(units)];
        Finding.Unless(alphabet.TryDecode(text, again, out int count), $"the own text does not read back");
        Finding.UnlessEqual(bytes, again.AsSpan(0, count), "bytes to text and back");
    }
}
