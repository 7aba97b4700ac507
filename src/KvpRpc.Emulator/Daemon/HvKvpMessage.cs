using System.Buffers.Binary;
using KvpRpc.Emulator.Guests;

namespace KvpRpc.Emulator.Daemon;

/// <summary>struct hv_kvp_msg of linux/hyperv.h, which driver and daemon exchange: packed, little-endian, of one size.
/// </summary>
/// <remarks>
/// <code>
/// offset  0  operation, pool, two bytes; in an answer the 32-bit status
/// GET/SET 4  value type, key size, value size · 16 key[512] · 528 value[2048]
/// ENUM    4  index · 8 value type, key size, value size · 20 key[512] · 532 value[2048]
/// DELETE  4  key size · 8 key[512]
/// REGISTER1  4 version[512]
/// </code>
/// </remarks>
internal static class HvKvpMessage
{
    internal const int Size = 7432;

    /// <summary>The operation with which a daemon registers. That of daemons before 2012, 4, is not emulated.</summary>
    internal const byte Register = 100;

    private const uint RegistryString = 1;
    private const int DeleteKeyAt = 8;
    private const int ItemKeyAt = 16;
    private const int EnumeratedKeyAt = 20;

    /// <summary>Writes what the driver tells a daemon that has registered.</summary>
    internal static void WriteVersion(Span<byte> message)
    {
        message.Clear();
        message[0] = Register;
        "3.1"u8.CopyTo(message[4..]);
    }

    /// <summary>Writes a request of the host, converted as the kernel does.</summary>
    internal static void WriteRequest(Span<byte> message, in KvpRequest request, KernelNls nls)
    {
        message.Clear();
        message[0] = (byte)request.Operation;
        message[1] = (byte)request.Pool;
        switch (request.Operation)
        {
            case KvpOperation.Set:
                Span<byte> value = message.Slice(
                    ItemKeyAt + KernelConversion.KeyFieldBytes, KernelConversion.ValueFieldBytes);
                WriteUInt32(message, 4, RegistryString);
                WriteUInt32(message, 12, (uint)KernelConversion.ToGuest(request.Value, value, nls));
                WriteKey(message, 8, ItemKeyAt, request.Key, nls);
                break;
            case KvpOperation.Get:
                WriteKey(message, 8, ItemKeyAt, request.Key, nls);
                break;
            case KvpOperation.Delete:
                WriteKey(message, 4, DeleteKeyAt, request.Key, nls);
                break;
            case KvpOperation.Enumerate:
                WriteUInt32(message, 4, (uint)request.Index);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(request), request.Operation, "No such operation.");
        }
    }

    /// <summary>Reads the daemon's answer, converted as the kernel does.</summary>
    /// <remarks>The value of a GET is always empty, as it is with the kernel: the request states no size for it, so the
    /// daemon copies none. What a GET tells is whether the key exists.</remarks>
    internal static KvpResponse ReadResponse(ReadOnlySpan<byte> message, KvpOperation operation)
    {
        uint status = BinaryPrimitives.ReadUInt32LittleEndian(message);
        if (status is not KvpResponse.Ok) return KvpResponse.Of(status);
        if (operation is not KvpOperation.Enumerate) return KvpResponse.Of(status);
        ReadOnlySpan<byte> key = message.Slice(EnumeratedKeyAt, KernelConversion.KeyFieldBytes);
        ReadOnlySpan<byte> value = message.Slice(
            EnumeratedKeyAt + KernelConversion.KeyFieldBytes, KernelConversion.ValueFieldBytes);
        return KernelConversion.TryToHost(key, KernelConversion.MaxKeyUnits, out string? keyText)
            && KernelConversion.TryToHost(value, KernelConversion.MaxValueUnits, out string? valueText)
            ? new KvpResponse(status, keyText, valueText)
            : KvpResponse.Of(KvpResponse.Failed);
    }

    private static void WriteKey(Span<byte> message, int sizeAt, int keyAt, string key, KernelNls nls)
    {
        Span<byte> field = message.Slice(keyAt, KernelConversion.KeyFieldBytes);
        WriteUInt32(message, sizeAt, (uint)KernelConversion.ToGuest(key, field, nls));
    }

    private static void WriteUInt32(Span<byte> message, int at, uint number) =>
        BinaryPrimitives.WriteUInt32LittleEndian(message[at..], number);
}
