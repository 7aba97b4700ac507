namespace KvpRpc.Protocol.Wire;

/// <summary>Writes fields into a buffer whose size the caller has reckoned; going past it is a bug and
/// throws.</summary>
internal ref struct WireWriter(Span<byte> destination)
{
    private readonly Span<byte> _destination = destination;

    /// <summary>Gets how many bytes are written.</summary>
    internal int Written { get; private set; }

    internal readonly int Room => _destination.Length - Written;

    internal void WriteByte(byte value) => _destination[Written++] = value;

    internal void WriteVarInt(ulong value) => Written += VarInt.Write(_destination[Written..], value);

    internal void WriteBytes(scoped ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_destination[Written..]);
        Written += bytes.Length;
    }

    /// <summary>Writes bytes behind their count.</summary>
    internal void WritePrefixed(scoped ReadOnlySpan<byte> bytes)
    {
        WriteVarInt((ulong)bytes.Length);
        WriteBytes(bytes);
    }
}
