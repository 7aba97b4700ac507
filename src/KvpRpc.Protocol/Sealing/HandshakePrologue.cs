using System.Buffers.Binary;
using System.Text;

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
}
