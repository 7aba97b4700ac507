using System.Security.Cryptography;
using KvpRpc.Protocol.Sealing;
using NSec.Cryptography;

namespace KvpRpc.Sealing;

/// <summary>One attempt of the Noise NN handshake, or of NNpsk0 with a pre-shared key.</summary>
internal sealed class NoiseHandshakeAttempt : IHandshakeAttempt
{
    private readonly byte[] _id;
    private readonly Key _key;
    private readonly byte[] _publicKey;
    private readonly byte[] _preSharedKey;
    private readonly Action<string>? _keyLog;

    /// <summary>Takes the id and owns the key; a copy is made of the pre-shared key, which is empty for none. The key
    /// log, where there is one, takes a line for each completion.</summary>
    internal NoiseHandshakeAttempt(
        ReadOnlySpan<byte> id, Key key, ReadOnlySpan<byte> preSharedKey, Action<string>? keyLog = null)
    {
        _id = id.ToArray();
        _key = key;
        _publicKey = key.PublicKey.Export(KeyBlobFormat.RawPublicKey);
        _preSharedKey = preSharedKey.ToArray();
        _keyLog = keyLog;
    }

    public ReadOnlySpan<byte> Id => _id;

    public ReadOnlySpan<byte> PublicKey => _publicKey;

    public ILinkSealer? Complete(ReadOnlySpan<byte> peerPublicKey, ReadOnlySpan<byte> prologue, bool isInitiator)
    {
        if (!NSec.Cryptography.PublicKey.TryImport(
            KeyAgreementAlgorithm.X25519, peerPublicKey, KeyBlobFormat.RawPublicKey, out PublicKey? peer)
            || peer is null)
        {
            return null;
        }

        // Null when the shared secret is all zeros, which a key of low order brings about.
        using SharedSecret? shared = KeyAgreementAlgorithm.X25519.Agree(_key, peer);
        if (shared is null) return null;

        using var noise = new NoiseState(_preSharedKey.Length == 0
            ? "Noise_NN_25519_AESGCMSIV_SHA256"u8
            : "Noise_NNpsk0_25519_AESGCMSIV_SHA256"u8);
        noise.MixHash(prologue);
        if (_preSharedKey.Length > 0) noise.MixKeyAndHash(_preSharedKey);
        MixEphemeral(noise, isInitiator ? _publicKey : peerPublicKey);
        MixEphemeral(noise, isInitiator ? peerPublicKey : _publicKey);
        noise.MixKey(shared);
        if (_keyLog is not { } log)
            return LinkSealer.Create(noise, isInitiator);
        (UInt128 host, UInt128 guest) = HandshakePrologue.ReadAttemptIds(prologue);
        return LinkSealer.Create(noise, isInitiator, secrets => log(secrets.ToLine(host, guest)));
    }

    public void Dispose()
    {
        _key.Dispose();
        CryptographicOperations.ZeroMemory(_preSharedKey);
    }

    /// <summary>The token e, which in a pattern with a pre-shared key is mixed into the key too.</summary>
    private void MixEphemeral(NoiseState noise, ReadOnlySpan<byte> publicKey)
    {
        noise.MixHash(publicKey);
        if (_preSharedKey.Length > 0) noise.MixKey(publicKey);
    }
}
