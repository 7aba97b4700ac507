using System.Buffers.Binary;
using System.Text;
using KvpRpc.Protocol.Alphabets;
using KvpRpc.Protocol.Hellos;

namespace KvpRpc.Protocol.Sealing;

/// <summary>Encodes what both sides must agree on before the first token of the handshake.</summary>
/// <remarks>
/// Five fields, each with its length before it as 32 bits, big endian: the label, the VM id as 36 lower-case
/// characters, the channel, the host's hello text and the guest's, all in UTF-8. See <c>protocol/sealing.md</c>.
/// </remarks>
internal static class HandshakePrologue
{
    /// <summary>The first field: the protocol whose hello texts follow.</summary>
    private const string Label = "KvpRpc link 1";

    private const int HostHelloField = 3;

    /// <summary>Encodes the fields. The hello texts are the values of the items, as written and read.</summary>
    internal static byte[] Encode(Guid vmId, string channel, string hostHello, string guestHello)
    {
        string[] fields = [Label, vmId.ToString("D"), channel, hostHello, guestHello];
        int length = 0;
        foreach (string field in fields)
            length += sizeof(int) + Encoding.UTF8.GetByteCount(field);

        byte[] prologue = new byte[length];
        Span<byte> rest = prologue;
        foreach (string field in fields)
        {
            int written = Encoding.UTF8.GetBytes(field, rest[sizeof(int)..]);
            BinaryPrimitives.WriteInt32BigEndian(rest, written);
            rest = rest[(sizeof(int) + written)..];
        }

        return prologue;
    }

    /// <summary>Reads the attempt ids of host and guest back out of the hello texts.</summary>
    /// <exception cref="ArgumentException">The texts are no hellos.</exception>
    internal static (UInt128 Host, UInt128 Guest) ReadAttemptIds(ReadOnlySpan<byte> prologue)
    {
        ReadOnlySpan<byte> rest = prologue;
        for (int field = 0; field < HostHelloField; field++)
            TakeField(ref rest);
        return (AttemptIdOf(TakeField(ref rest)), AttemptIdOf(TakeField(ref rest)));
    }

    private static ReadOnlySpan<byte> TakeField(ref ReadOnlySpan<byte> rest)
    {
        int length = BinaryPrimitives.ReadInt32BigEndian(rest);
        ReadOnlySpan<byte> field = rest.Slice(sizeof(int), length);
        rest = rest[(sizeof(int) + length)..];
        return field;
    }

    private static UInt128 AttemptIdOf(ReadOnlySpan<byte> helloText)
    {
        Span<byte> bytes = stackalloc byte[HelloCodec.MaxBytes];
        string text = Encoding.UTF8.GetString(helloText);
        return text.Length > 1 && Base64Alphabet.Instance.TryDecode(text.AsSpan(1), bytes, out int count)
            && HelloCodec.TryRead(bytes[..count]) is { } hello
            ? hello.AttemptId
            : throw new ArgumentException("The prologue's texts are no hellos.", nameof(helloText));
    }
}
