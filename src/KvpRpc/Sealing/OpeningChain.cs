using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace KvpRpc.Sealing;

/// <summary>The keys that one direction and kind is opened with.</summary>
/// <remarks>
/// A number of a later epoch is tried with a key made aside. Only when it opens something does the chain move on and
/// erase what lies behind, so that a forged number cannot make this side lose its keys.
/// </remarks>
internal sealed class OpeningChain : IDisposable
{
    private readonly byte[] _secret;
    private readonly byte[] _laterSecret = new byte[KeySchedule.SecretBytes];
    private AesGcmSiv _key = AesGcmSiv.Create();
    private AesGcmSiv? _laterKey;
    private ulong _epoch;

    internal OpeningChain(ReadOnlySpan<byte> secret)
    {
        _secret = secret.ToArray();
        SetKey(_key, secret);
    }

    /// <summary>Finds the key for this number; <see cref="Settle"/> must follow.</summary>
    /// <returns>False when the key is erased, or when the number leaps farther than a peer's numbers may.</returns>
    internal bool TryFind(ulong number, [NotNullWhen(true)] out AesGcmSiv? key)
    {
        ulong epoch = KeySchedule.EpochOf(number);
        key = null;
        if (epoch < _epoch || epoch - _epoch > KeySchedule.EpochsAheadMax) return false;

        key = _key;
        if (epoch == _epoch) return true;

        _secret.CopyTo(_laterSecret.AsSpan());
        for (ulong step = _epoch; step < epoch; step++)
            KeySchedule.Advance(_laterSecret);
        _laterKey ??= AesGcmSiv.Create();
        SetKey(_laterKey, _laterSecret);
        key = _laterKey;
        return true;
    }

    /// <summary>Moves on to the epoch of a number that has opened, and erases the keys that are not needed.</summary>
    internal void Settle(ulong number, bool opened)
    {
        ulong epoch = KeySchedule.EpochOf(number);
        if (epoch == _epoch || _laterKey is null) return;

        if (opened)
        {
            _laterSecret.CopyTo(_secret.AsSpan());
            (_key, _laterKey) = (_laterKey, _key);
            _epoch = epoch;
        }

        CryptographicOperations.ZeroMemory(_laterSecret);
        _laterKey.ClearKey();
    }

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_secret);
        CryptographicOperations.ZeroMemory(_laterSecret);
        _key.Dispose();
        _laterKey?.Dispose();
    }

    private static void SetKey(AesGcmSiv target, ReadOnlySpan<byte> secret)
    {
        Span<byte> key = stackalloc byte[AesGcmSiv.KeyBytes];
        KeySchedule.DeriveKey(secret, key);
        target.SetKey(key);
        CryptographicOperations.ZeroMemory(key);
    }
}
