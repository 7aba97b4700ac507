using System.Buffers.Binary;

namespace KvpRpc.Protocol.Tests.Simulation;

/// <summary>A fast keyed hash of 128 bits, fit to find every accident and no attacker.</summary>
internal struct KeyedHash(ulong key, ulong salt)
{
    private ulong _one = Mix(key ^ 0x2545_F491_4F6C_DD1D);
    private ulong _other = Mix(salt + 0x9E37_79B9_7F4A_7C15) ^ key;

    internal readonly (ulong, ulong) Result
    {
        get
        {
            ulong first = Mix(_one ^ Mix(_other));
            return (first, Mix(_other + first));
        }
    }

    /// <summary>Adds the bytes and their length, so that two fields cannot run into each other.</summary>
    internal void Add(ReadOnlySpan<byte> bytes)
    {
        AddWord((ulong)bytes.Length);
        for (; bytes.Length >= 8; bytes = bytes[8..])
            AddWord(BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        if (bytes.IsEmpty) return;

        ulong last = 0;
        foreach (byte value in bytes)
            last = (last << 8) | value;
        AddWord(last);
    }

    /// <summary>The finalizer of SplitMix64: every bit of the input moves half of the output.</summary>
    internal static ulong Mix(ulong word)
    {
        word = (word ^ (word >> 30)) * 0xBF58_476D_1CE4_E5B9;
        word = (word ^ (word >> 27)) * 0x94D0_49BB_1331_11EB;
        return word ^ (word >> 31);
    }

    private void AddWord(ulong word)
    {
        _one = (ulong.RotateLeft(_one, 29) ^ word) * 0x9FB2_1C65_1E98_DF25;
        _other = ulong.RotateLeft((_other + word) * 0xC2B2_AE3D_27D4_EB4F, 31);
    }
}
