using System.Security.Cryptography;
using KvpRpc.Protocol.Sealing;

namespace KvpRpc.Sealing;

/// <summary>Opens what one side of a recorded link has sealed of one kind, in any order, with secrets of a key
/// log.</summary>
internal sealed class RecordedSeal : IDisposable
{
    // A number of an item that anybody wrote may not cost more than a fraction of a second.
    private const ulong EpochsMax = 1 << 16;

    private readonly SealKind _kind;
    private readonly byte[] _first = new byte[KeySchedule.SecretBytes];
    private readonly byte[] _secret = new byte[KeySchedule.SecretBytes];
    private readonly AesGcmSiv _key = AesGcmSiv.Create();
    private ulong _epoch;

    internal RecordedSeal(LinkSecrets secrets, bool isHost, SealKind kind)
    {
        _kind = kind;
        secrets.CopyTo(isHost, kind, _first);
        _first.CopyTo(_secret.AsSpan());
        SetKey();
    }

    /// <summary>Opens and verifies; false when anything differs from what was sealed.</summary>
    internal bool TryOpen(
        ulong number, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> tag,
        Span<byte> plaintext)
    {
        if (!TryGoTo(number))
            return false;
        Span<byte> nonce = stackalloc byte[AesGcmSiv.NonceBytes];
        LinkSealer.WriteNonce(_kind, number, nonce);
        return _key.TryOpen(nonce, associatedData, ciphertext, tag, plaintext);
    }

    /// <summary>Decrypts without verifying, where the associated data is not known; false for a number out of
    /// reach.</summary>
    internal bool TryReveal(
        ulong number, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> tag, Span<byte> plaintext)
    {
        if (!TryGoTo(number))
            return false;
        Span<byte> nonce = stackalloc byte[AesGcmSiv.NonceBytes];
        LinkSealer.WriteNonce(_kind, number, nonce);
        _key.Reveal(nonce, ciphertext, tag, plaintext);
        return true;
    }

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_first);
        CryptographicOperations.ZeroMemory(_secret);
        _key.Dispose();
    }

    private bool TryGoTo(ulong number)
    {
        ulong epoch = KeySchedule.EpochOf(number);
        if (epoch == _epoch)
            return true;
        ulong from = epoch < _epoch ? 0 : _epoch;
        if (epoch - from > EpochsMax)
            return false;
        if (from == 0)
            _first.CopyTo(_secret.AsSpan());
        for (ulong step = from; step < epoch; step++)
            KeySchedule.Advance(_secret);
        _epoch = epoch;
        SetKey();
        return true;
    }

    private void SetKey()
    {
        Span<byte> key = stackalloc byte[AesGcmSiv.KeyBytes];
        KeySchedule.DeriveKey(_secret, key);
        _key.SetKey(key);
        CryptographicOperations.ZeroMemory(key);
    }
}
