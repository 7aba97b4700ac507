namespace KvpRpc.Protocol.Wire;

/// <summary>Reads fields from bytes of the peer. It never throws: after the first field that is not there, every read
/// answers false.</summary>
internal ref struct WireReader(ReadOnlySpan<byte> source)
{
    private ReadOnlySpan<byte> _rest = source;

    /// <summary>Gets the bytes that are not read yet.</summary>
    internal readonly ReadOnlySpan<byte> Rest => _rest;

    internal readonly bool IsEmpty => _rest.IsEmpty;

    internal bool TryReadByte(out byte value)
    {
        if (_rest.IsEmpty)
        {
            value = 0;
            return false;
        }

        value = _rest[0];
        _rest = _rest[1..];
        return true;
    }

    internal bool TryReadVarInt(out ulong value)
    {
        if (!VarInt.TryRead(_rest, out value, out int count))
        {
            _rest = default;
            return false;
        }

        _rest = _rest[count..];
        return true;
    }

    internal bool TryReadBytes(int count, out ReadOnlySpan<byte> bytes)
    {
        if ((uint)count > (uint)_rest.Length)
        {
            bytes = default;
            _rest = default;
            return false;
        }

        bytes = _rest[..count];
        _rest = _rest[count..];
        return true;
    }

    /// <summary>Reads bytes that stand behind their count.</summary>
    internal bool TryReadPrefixed(out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        return TryReadVarInt(out ulong count) && count <= (ulong)_rest.Length && TryReadBytes((int)count, out bytes);
    }
}
