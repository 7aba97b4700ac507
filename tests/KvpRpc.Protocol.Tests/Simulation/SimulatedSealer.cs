using System.Buffers.Binary;
using KvpRpc.Protocol.Sealing;

namespace KvpRpc.Protocol.Tests.Simulation;

/// <summary>Seals with a keyed hash in the place of a tag, and a stream drawn from the tag.</summary>
internal sealed class SimulatedSealer(ulong ownKey, ulong peerKey) : ILinkSealer
{
    /// <summary>As the real one's epochs: what lies in an earlier one does not open.</summary>
    private const int EpochShift = 10;
    private const ulong EpochsAheadMax = 64;
    private const int Kinds = 2;

    private readonly ulong[] _lowestNumber = new ulong[Kinds];
    private readonly ulong[] _openedEpoch = new ulong[Kinds];
    private bool _isDisposed;

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
        ArgumentOutOfRangeException.ThrowIfNotEqual(tag.Length, ILinkSealer.TagBytes);
        ref ulong lowest = ref _lowestNumber[(int)kind];
        if (number < lowest)
            throw new InvalidOperationException($"Number {number} is used up: {lowest} is the lowest free one.");
        if ((number >> EpochShift) - ((Math.Max(lowest, 1) - 1) >> EpochShift) > EpochsAheadMax)
            throw new InvalidOperationException($"Number {number} leaps too far from {lowest}.");

        lowest = number + 1;
        (ulong tag0, ulong tag1) = Tag(ownKey, kind, number, associatedData, plaintext);
        Scramble(tag0, tag1, plaintext, ciphertext);
        BinaryPrimitives.WriteUInt64LittleEndian(tag, tag0);
        BinaryPrimitives.WriteUInt64LittleEndian(tag[8..], tag1);
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
        ref ulong opened = ref _openedEpoch[(int)kind];
        ulong epoch = number >> EpochShift;
        if (tag.Length == ILinkSealer.TagBytes && epoch >= opened && epoch - opened <= EpochsAheadMax)
        {
            ulong tag0 = BinaryPrimitives.ReadUInt64LittleEndian(tag);
            ulong tag1 = BinaryPrimitives.ReadUInt64LittleEndian(tag[8..]);
            Scramble(tag0, tag1, ciphertext, plaintext);
            if (Tag(peerKey, kind, number, associatedData, plaintext) == (tag0, tag1))
            {
                opened = epoch;
                return true;
            }
        }

        plaintext.Clear();
        return false;
    }

    public void Dispose() => _isDisposed = true;

    private static (ulong, ulong) Tag(
        ulong key, SealKind kind, ulong number, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> plaintext)
    {
        var hash = new KeyedHash(key, KeyedHash.Mix(number) + (ulong)kind);
        hash.Add(associatedData);
        hash.Add(plaintext);
        return hash.Result;
    }

    private static void Scramble(ulong tag0, ulong tag1, ReadOnlySpan<byte> input, Span<byte> output)
    {
        ulong word = tag0 ^ KeyedHash.Mix(tag1);
        int done = 0;
        for (; done + 8 <= input.Length; done += 8)
        {
            word = (word * 0xD134_2543_DE82_EF95) + 1;
            ulong text = BinaryPrimitives.ReadUInt64LittleEndian(input[done..]);
            BinaryPrimitives.WriteUInt64LittleEndian(output[done..], text ^ word);
        }

        for (word = KeyedHash.Mix(word); done < input.Length; done++, word >>= 8)
            output[done] = (byte)(input[done] ^ word);
    }
}
