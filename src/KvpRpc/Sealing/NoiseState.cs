using System.Security.Cryptography;
using NSec.Cryptography;
using HashAlgorithm = NSec.Cryptography.HashAlgorithm;
using IncrementalHash = NSec.Cryptography.IncrementalHash;

namespace KvpRpc.Sealing;

/// <summary>The symmetric state of the Noise protocol framework, revision 34, section 5.2, with SHA-256.</summary>
internal sealed class NoiseState : IDisposable
{
    internal const int HashBytes = 32;

    private readonly byte[] _hash = new byte[HashBytes];
    private readonly byte[] _chainingKey = new byte[HashBytes];

    /// <summary>InitializeSymmetric: a name that fits is padded, a longer one hashed.</summary>
    internal NoiseState(ReadOnlySpan<byte> protocolName)
    {
        if (protocolName.Length <= HashBytes) protocolName.CopyTo(_hash);
        else HashAlgorithm.Sha256.Hash(protocolName, _hash);
        _hash.CopyTo(_chainingKey.AsSpan());
    }

    /// <summary>The hash of all that both sides have said.</summary>
    internal ReadOnlySpan<byte> Hash => _hash;

    internal void MixHash(ReadOnlySpan<byte> data)
    {
        IncrementalHash.Initialize(HashAlgorithm.Sha256, out IncrementalHash state);
        IncrementalHash.Update(ref state, _hash);
        IncrementalHash.Update(ref state, data);
        IncrementalHash.Finalize(ref state, _hash);
    }

    internal void MixKey(ReadOnlySpan<byte> inputKeyMaterial)
    {
        Span<byte> extracted = stackalloc byte[HashBytes];
        KeyDerivationAlgorithm.HkdfSha256.Extract(inputKeyMaterial, _chainingKey, extracted);
        TakeChainingKey(extracted, []);
    }

    internal void MixKey(SharedSecret sharedSecret)
    {
        Span<byte> extracted = stackalloc byte[HashBytes];
        KeyDerivationAlgorithm.HkdfSha256.Extract(sharedSecret, _chainingKey, extracted);
        TakeChainingKey(extracted, []);
    }

    internal void MixKeyAndHash(ReadOnlySpan<byte> inputKeyMaterial)
    {
        Span<byte> extracted = stackalloc byte[HashBytes];
        Span<byte> mixed = stackalloc byte[HashBytes];
        KeyDerivationAlgorithm.HkdfSha256.Extract(inputKeyMaterial, _chainingKey, extracted);
        TakeChainingKey(extracted, mixed);
        MixHash(mixed);
        CryptographicOperations.ZeroMemory(mixed);
    }

    /// <summary>Split: the first key is the initiator's direction, the second the responder's.</summary>
    internal void Split(Span<byte> initiatorKey, Span<byte> responderKey)
    {
        Span<byte> extracted = stackalloc byte[HashBytes];
        Span<byte> keys = stackalloc byte[2 * HashBytes];
        // HKDF-Extract is this HMAC; NSec's own takes no empty key material.
        using (Key key = Key.Import(MacAlgorithm.HmacSha256, _chainingKey, KeyBlobFormat.RawSymmetricKey))
            MacAlgorithm.HmacSha256.Mac(key, [], extracted);
        KeyDerivationAlgorithm.HkdfSha256.Expand(extracted, [], keys);
        keys[..HashBytes].CopyTo(initiatorKey);
        keys[HashBytes..].CopyTo(responderKey);
        CryptographicOperations.ZeroMemory(extracted);
        CryptographicOperations.ZeroMemory(keys);
    }

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_hash);
        CryptographicOperations.ZeroMemory(_chainingKey);
    }

    /// <summary>
    /// The rest of Noise's HKDF, whose outputs are those of RFC 5869 without info; the keys for a CipherState, which
    /// this protocol has not, are not made.
    /// </summary>
    private void TakeChainingKey(Span<byte> extracted, Span<byte> second)
    {
        Span<byte> outputs = stackalloc byte[2 * HashBytes];
        KeyDerivationAlgorithm.HkdfSha256.Expand(extracted, [], outputs);
        outputs[..HashBytes].CopyTo(_chainingKey);
        if (!second.IsEmpty) outputs[HashBytes..].CopyTo(second);
        CryptographicOperations.ZeroMemory(outputs);
        CryptographicOperations.ZeroMemory(extracted);
    }
}
