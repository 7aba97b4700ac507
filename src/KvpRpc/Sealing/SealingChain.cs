using System.Security.Cryptography;

namespace KvpRpc.Sealing;

/// <summary>The keys that one direction and kind is sealed with: one at a time, and never one from the past.</summary>
internal sealed class SealingChain : IDisposable
{
    private readonly byte[] _secret;
    private readonly AesGcmSiv _key = AesGcmSiv.Create();
    private ulong _epoch;
    private ulong _lowestNumber;

    internal SealingChain(ReadOnlySpan<byte> secret)
    {
        _secret = secret.ToArray();
        SetKey();
    }

    /// <summary>The key for this number, which is thereby used up.</summary>
    /// <exception cref="InvalidOperationException">The number, or one after it, is used up, or it leaps.</exception>
    internal AesGcmSiv Take(ulong number)
    {
        if (number < _lowestNumber)
            throw new InvalidOperationException($"Number {number} is used up: {_lowestNumber} is the lowest free one.");

        ulong epoch = KeySchedule.EpochOf(number);
        if (epoch - _epoch > KeySchedule.EpochsAheadMax)
            throw new InvalidOperationException($"Number {number} leaps too far from {_lowestNumber}.");

        _lowestNumber = number + 1;
        if (epoch == _epoch) return _key;

        for (; _epoch < epoch; _epoch++)
            KeySchedule.Advance(_secret);
        SetKey();
        return _key;
    }

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_secret);
        _key.Dispose();
    }

    private void SetKey()
    {
        Span<byte> key = stackalloc byte[AesGcmSiv.KeyBytes];
        KeySchedule.DeriveKey(_secret, key);
        _key.SetKey(key);
        CryptographicOperations.ZeroMemory(key);
    }
}
