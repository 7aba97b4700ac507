using System.Security.Cryptography;
using KvpRpc.Protocol.Sealing;
using NSec.Cryptography;

namespace KvpRpc.Sealing;

/// <summary>Which key is made from which: see the key schedule in <c>protocol/sealing.md</c>.</summary>
internal static class KeySchedule
{
    internal const int SecretBytes = 32;

    /// <summary>
    /// Numbers of one epoch, as a shift. Short, so that little can be read with keys that leak; a new epoch costs two
    /// HMACs and a key expansion, which is nothing on 1,024 packets.
    /// </summary>
    internal const int EpochShift = 10;

    /// <summary>
    /// Epochs that a number may lie ahead. Control parts may be overwritten unread, so their numbers may jump; the
    /// bound keeps the cost of a number that nobody has sealed small.
    /// </summary>
    internal const ulong EpochsAheadMax = 64;

    private static ReadOnlySpan<byte> PacketLabel => "kvprpc packet"u8;

    private static ReadOnlySpan<byte> ControlLabel => "kvprpc control"u8;

    private static ReadOnlySpan<byte> KeyLabel => "kvprpc key"u8;

    private static ReadOnlySpan<byte> NextLabel => "kvprpc next"u8;

    internal static ulong EpochOf(ulong number) => number >> EpochShift;

    /// <summary>The first secret of one direction and kind.</summary>
    /// <remarks>
    /// Noise's Split does not depend on the handshake hash, and no handshake message carries a tag over it here. So
    /// the hash goes in at this place: without it, prologue and hello texts would bind nothing.
    /// </remarks>
    internal static void DeriveChain(
        SealKind kind, ReadOnlySpan<byte> directionKey, ReadOnlySpan<byte> handshakeHash, Span<byte> secret)
    {
        ReadOnlySpan<byte> label = kind == SealKind.Packet ? PacketLabel : ControlLabel;
        Span<byte> info = stackalloc byte[label.Length + handshakeHash.Length];
        label.CopyTo(info);
        handshakeHash.CopyTo(info[label.Length..]);
        Expand(directionKey, info, secret);
    }

    /// <summary>The key of AES-256-GCM-SIV in the epoch of this secret.</summary>
    internal static void DeriveKey(ReadOnlySpan<byte> secret, Span<byte> key) => Expand(secret, KeyLabel, key);

    /// <summary>Replaces the secret by that of the next epoch.</summary>
    internal static void Advance(Span<byte> secret)
    {
        Span<byte> next = stackalloc byte[SecretBytes];
        Expand(secret, NextLabel, next);
        next.CopyTo(secret);
        CryptographicOperations.ZeroMemory(next);
    }

    /// <summary>HKDF-Expand of RFC 5869 with SHA-256.</summary>
    private static void Expand(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> info, Span<byte> output) =>
        KeyDerivationAlgorithm.HkdfSha256.Expand(secret, info, output);
}
