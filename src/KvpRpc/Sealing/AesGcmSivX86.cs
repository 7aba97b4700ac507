using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;
using AesInstructions = System.Runtime.Intrinsics.X86.Aes;

namespace KvpRpc.Sealing;

/// <summary>AES-256-GCM-SIV with the AES and carry-less multiplication instructions of x86.</summary>
internal sealed class AesGcmSivX86 : AesGcmSiv
{
    private const int RoundKeys = 15;

    /// <summary>Blocks encrypted side by side: enough to hide the latency of the AES instruction.</summary>
    private const int Batch = 8;

    private readonly Vector128<byte>[] _generatingKey = new Vector128<byte>[RoundKeys];
    private readonly Vector128<byte>[] _messageKey = new Vector128<byte>[RoundKeys];
    private Vector128<ulong> _authenticationKey;

    /// <summary>Whether this processor has the instructions.</summary>
    internal static bool IsSupported => AesInstructions.IsSupported && Pclmulqdq.IsSupported;

    internal override void SetKey(ReadOnlySpan<byte> key) => ExpandKey(key, _generatingKey);

    public override void Dispose()
    {
        Clear(_generatingKey);
        ClearMessageKeys();
    }

    protected override void EncryptUnderGeneratingKey(Span<byte> blocks)
    {
        Span<Vector128<byte>> batch = stackalloc Vector128<byte>[Batch];
        Span<Vector128<byte>> vectors = MemoryMarshal.Cast<byte, Vector128<byte>>(blocks);
        vectors.CopyTo(batch);
        EncryptBatch(_generatingKey, batch);
        batch[..vectors.Length].CopyTo(vectors);
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(batch));
    }

    protected override void SetMessageKeys(ReadOnlySpan<byte> authenticationKey, ReadOnlySpan<byte> encryptionKey)
    {
        _authenticationKey = Vector128.Create(authenticationKey).AsUInt64();
        ExpandKey(encryptionKey, _messageKey);
    }

    protected override void ClearMessageKeys()
    {
        Clear(_messageKey);
        _authenticationKey = default;
    }

    protected override void ComputePolyval(
        ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> lengths, Span<byte> result)
    {
        var polyval = new PolyvalX86(_authenticationKey);
        polyval.Update(associatedData);
        polyval.Update(plaintext);
        polyval.Update(lengths);
        polyval.Sum.AsByte().CopyTo(result);
    }

    protected override void EncryptBlock(Span<byte> block)
    {
        ReadOnlySpan<Vector128<byte>> keys = _messageKey;
        Vector128<byte> state = Vector128.Create<byte>(block) ^ keys[0];
        for (int round = 1; round < RoundKeys - 1; round++)
            state = AesInstructions.Encrypt(state, keys[round]);
        AesInstructions.EncryptLast(state, keys[RoundKeys - 1]).CopyTo(block);
    }

    protected override void AddKeyStream(ReadOnlySpan<byte> firstCounter, ReadOnlySpan<byte> input, Span<byte> output)
    {
        const int BatchBytes = Batch * BlockBytes;
        Vector128<uint> counter = Vector128.Create(firstCounter).AsUInt32();
        Vector128<uint> one = Vector128.CreateScalar(1U);
        Span<Vector128<byte>> stream = stackalloc Vector128<byte>[Batch];
        while (!input.IsEmpty)
        {
            for (int i = 0; i < Batch; i++)
            {
                stream[i] = counter.AsByte();
                counter += one;
            }

            EncryptBatch(_messageKey, stream);
            int length = Math.Min(input.Length, BatchBytes);
            Add(MemoryMarshal.AsBytes(stream), input[..length], output[..length]);
            input = input[length..];
            output = output[length..];
        }

        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(stream));
    }

    private static void Add(ReadOnlySpan<byte> stream, ReadOnlySpan<byte> input, Span<byte> output)
    {
        int done = 0;
        for (; done + BlockBytes <= input.Length; done += BlockBytes)
        {
            Vector128<byte> sum = Vector128.Create(input[done..]) ^ Vector128.Create(stream[done..]);
            sum.CopyTo(output[done..]);
        }

        for (; done < input.Length; done++)
            output[done] = (byte)(input[done] ^ stream[done]);
    }

    private static void EncryptBatch(ReadOnlySpan<Vector128<byte>> keys, Span<Vector128<byte>> batch)
    {
        Vector128<byte> key = keys[0];
        Vector128<byte> b7 = batch[7] ^ key;
        Vector128<byte> b0 = batch[0] ^ key;
        Vector128<byte> b1 = batch[1] ^ key;
        Vector128<byte> b2 = batch[2] ^ key;
        Vector128<byte> b3 = batch[3] ^ key;
        Vector128<byte> b4 = batch[4] ^ key;
        Vector128<byte> b5 = batch[5] ^ key;
        Vector128<byte> b6 = batch[6] ^ key;
        for (int round = 1; round < RoundKeys - 1; round++)
        {
            key = keys[round];
            b0 = AesInstructions.Encrypt(b0, key);
            b1 = AesInstructions.Encrypt(b1, key);
            b2 = AesInstructions.Encrypt(b2, key);
            b3 = AesInstructions.Encrypt(b3, key);
            b4 = AesInstructions.Encrypt(b4, key);
            b5 = AesInstructions.Encrypt(b5, key);
            b6 = AesInstructions.Encrypt(b6, key);
            b7 = AesInstructions.Encrypt(b7, key);
        }

        key = keys[RoundKeys - 1];
        batch[7] = AesInstructions.EncryptLast(b7, key);
        batch[0] = AesInstructions.EncryptLast(b0, key);
        batch[1] = AesInstructions.EncryptLast(b1, key);
        batch[2] = AesInstructions.EncryptLast(b2, key);
        batch[3] = AesInstructions.EncryptLast(b3, key);
        batch[4] = AesInstructions.EncryptLast(b4, key);
        batch[5] = AesInstructions.EncryptLast(b5, key);
        batch[6] = AesInstructions.EncryptLast(b6, key);
    }

    /// <summary>The key expansion of FIPS 197 for 256 bits; the round constants must be literals.</summary>
    private static void ExpandKey(ReadOnlySpan<byte> key, Span<Vector128<byte>> keys)
    {
        Vector128<byte> even = Vector128.Create(key);
        Vector128<byte> odd = Vector128.Create(key[BlockBytes..]);
        keys[14] = default;
        keys[0] = even;
        keys[1] = odd;
        keys[2] = even = Even(even, AesInstructions.KeygenAssist(odd, 0x01));
        keys[3] = odd = Odd(odd, even);
        keys[4] = even = Even(even, AesInstructions.KeygenAssist(odd, 0x02));
        keys[5] = odd = Odd(odd, even);
        keys[6] = even = Even(even, AesInstructions.KeygenAssist(odd, 0x04));
        keys[7] = odd = Odd(odd, even);
        keys[8] = even = Even(even, AesInstructions.KeygenAssist(odd, 0x08));
        keys[9] = odd = Odd(odd, even);
        keys[10] = even = Even(even, AesInstructions.KeygenAssist(odd, 0x10));
        keys[11] = odd = Odd(odd, even);
        keys[12] = even = Even(even, AesInstructions.KeygenAssist(odd, 0x20));
        keys[13] = odd = Odd(odd, even);
        keys[14] = Even(even, AesInstructions.KeygenAssist(odd, 0x40));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Even(Vector128<byte> previous, Vector128<byte> assist) =>
        PrefixSums(previous) ^ Sse2.Shuffle(assist.AsUInt32(), 0xFF).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Odd(Vector128<byte> previous, Vector128<byte> even) =>
        PrefixSums(previous) ^ Sse2.Shuffle(AesInstructions.KeygenAssist(even, 0).AsUInt32(), 0xAA).AsByte();

    /// <summary>Each word becomes the sum of itself and the words before it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> PrefixSums(Vector128<byte> words)
    {
        words ^= Sse2.ShiftLeftLogical128BitLane(words, 4);
        return words ^ Sse2.ShiftLeftLogical128BitLane(words, 8);
    }

    private static void Clear(Vector128<byte>[] keys) =>
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(keys.AsSpan()));
}
