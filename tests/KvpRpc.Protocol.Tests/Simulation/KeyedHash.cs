using System.Buffers.Binary;

namespace KvpRpc.Protocol.Tests.Simulation;

/// <summary>A fast hash of 128 bits: good enough to tell any two texts of a simulation apart, and nothing
/// more.</summary>
internal struct KeyedHash(ulong key)
{
    private ulong _left = key ^ 0x9E3779B97F4A7C15;
    private ulong _right = ~key;

    internal void Add(ulong value)
    {
        _left = (_left ^ value) * 0xFF51AFD7ED558CCD;
        _left ^= _left >> 32;
        _right = ulong.RotateLeft(_right + (value * 0xC4CEB9FE1A85EC53), 29) ^ _left;
    }

    internal void Add(ReadOnlySpan<byte> bytes)
    {
        Add((ulong)bytes.Length);
        while (bytes.Length >= 8)
        {
            Add(BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[8..];
        }

        ulong last = 0;
        foreach (byte part in bytes)
            last = (last << 8) | part;
        Add(last);
    }

    internal UInt128 Finish()
    {
        Add(0x2545F4914F6CDD1D);
        ulong high = _left;
        Add(_right);
        return new(high, _left);
    }
}
