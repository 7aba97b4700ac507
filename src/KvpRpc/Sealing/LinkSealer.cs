using System.Buffers.Binary;
using System.Security.Cryptography;
using KvpRpc.Protocol.Sealing;

namespace KvpRpc.Sealing;

/// <summary>Seals and opens with AES-256-GCM-SIV, one chain of keys for each direction and kind.</summary>
internal sealed class LinkSealer : ILinkSealer
{
    private const int Kinds = 2;

    private readonly SealingChain[] _sealing = new SealingChain[Kinds];
    private readonly OpeningChain[] _opening = new OpeningChain[Kinds];
    private bool _isDisposed;

    private LinkSealer(
        ReadOnlySpan<byte> ownKey, ReadOnlySpan<byte> peerKey, ReadOnlySpan<byte> handshakeHash)
    {
        Span<byte> secret = stackalloc byte[KeySchedule.SecretBytes];
        for (int kind = 0; kind < Kinds; kind++)
        {
            KeySchedule.DeriveChain((SealKind)kind, ownKey, handshakeHash, secret);
            _sealing[kind] = new SealingChain(secret);
            KeySchedule.DeriveChain((SealKind)kind, peerKey, handshakeHash, secret);
            _opening[kind] = new OpeningChain(secret);
        }

        CryptographicOperations.ZeroMemory(secret);
    }

    /// <summary>Splits a finished handshake.</summary>
    /// <param name="noise">The transcript.</param>
    /// <param name="isInitiator">True on the host.</param>
    /// <param name="secretsMade">Takes the first secrets of a link whose keys are to be logged; else null.</param>
    internal static LinkSealer Create(NoiseState noise, bool isInitiator, Action<LinkSecrets>? secretsMade = null)
    {
        Span<byte> initiatorKey = stackalloc byte[NoiseState.HashBytes];
        Span<byte> responderKey = stackalloc byte[NoiseState.HashBytes];
        noise.Split(initiatorKey, responderKey);
        LinkSealer sealer = isInitiator
            ? new LinkSealer(initiatorKey, responderKey, noise.Hash)
            : new LinkSealer(responderKey, initiatorKey, noise.Hash);
        secretsMade?.Invoke(LinkSecrets.Derive(initiatorKey, responderKey, noise.Hash));
        CryptographicOperations.ZeroMemory(initiatorKey);
        CryptographicOperations.ZeroMemory(responderKey);
        return sealer;
    }

    public void Seal(
        SealKind kind,
        ulong number,
        ReadOnlySpan<byte> associatedData,
        ReadOnlySpan<byte> plaintext,
        Span<byte> ciphertext,
        Span<byte> tag)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        ArgumentOutOfRangeException.ThrowIfNotEqual(ciphertext.Length, plaintext.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(tag.Length, AesGcmSiv.TagBytes);

        Span<byte> nonce = stackalloc byte[AesGcmSiv.NonceBytes];
        WriteNonce(kind, number, nonce);
        _sealing[(int)kind].Take(number).Seal(nonce, associatedData, plaintext, ciphertext, tag);
    }

    public bool TryOpen(
        SealKind kind,
        ulong number,
        ReadOnlySpan<byte> associatedData,
        ReadOnlySpan<byte> ciphertext,
        ReadOnlySpan<byte> tag,
        Span<byte> plaintext)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        ArgumentOutOfRangeException.ThrowIfNotEqual(plaintext.Length, ciphertext.Length);

        Span<byte> nonce = stackalloc byte[AesGcmSiv.NonceBytes];
        WriteNonce(kind, number, nonce);
        OpeningChain chain = _opening[(int)kind];
        if (tag.Length == AesGcmSiv.TagBytes && chain.TryFind(number, out AesGcmSiv? key))
        {
            bool opened = key.TryOpen(nonce, associatedData, ciphertext, tag, plaintext);
            chain.Settle(number, opened);
            return opened;
        }

        plaintext.Clear();
        return false;
    }

    public void Dispose()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        foreach (SealingChain chain in _sealing) chain.Dispose();
        foreach (OpeningChain chain in _opening) chain.Dispose();
    }

    /// <summary>The kind in four bytes, then the number in eight, both big endian.</summary>
    internal static void WriteNonce(SealKind kind, ulong number, Span<byte> nonce)
    {
        BinaryPrimitives.WriteInt32BigEndian(nonce, (int)kind);
        BinaryPrimitives.WriteUInt64BigEndian(nonce[sizeof(int)..], number);
    }
}
