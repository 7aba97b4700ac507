using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace KvpRpc.Sealing;

/// <summary>AEAD_AES_256_GCM_SIV of RFC 8452: the seal that stays safe when a nonce comes twice.</summary>
/// <remarks>
/// The derived classes bring AES and POLYVAL, this one the construction. One caller at a time: the keys of the message
/// in work are kept in the instance. Input and output of one call may be the same memory.
/// </remarks>
internal abstract class AesGcmSiv : IDisposable
{
    internal const int KeyBytes = 32;
    internal const int NonceBytes = 12;
    internal const int TagBytes = 16;
    internal const int BlockBytes = 16;

    private const int AuthenticationKeyBytes = 16;

    /// <summary>Each block of the derivation gives half a block of key, against a birthday bound (section 4).</summary>
    private const int DerivedBytes = AuthenticationKeyBytes + KeyBytes;

    /// <summary>Takes the processor's instructions where it has them.</summary>
    internal static AesGcmSiv Create() => AesGcmSivX86.IsSupported ? new AesGcmSivX86() : new AesGcmSivPortable();

    /// <summary>Replaces the key-generating key.</summary>
    internal abstract void SetKey(ReadOnlySpan<byte> key);

    /// <summary>Erases the key-generating key; another may be set.</summary>
    internal void ClearKey()
    {
        Span<byte> zeros = stackalloc byte[KeyBytes];
        zeros.Clear();
        SetKey(zeros);
    }

    internal void Seal(
        ReadOnlySpan<byte> nonce,
        ReadOnlySpan<byte> associatedData,
        ReadOnlySpan<byte> plaintext,
        Span<byte> ciphertext,
        Span<byte> tag)
    {
        DeriveMessageKeys(nonce);
        Span<byte> computed = stackalloc byte[TagBytes];
        Authenticate(nonce, associatedData, plaintext, computed);
        ApplyKeyStream(computed, plaintext, ciphertext);
        computed.CopyTo(tag);
        ClearMessageKeys();
    }

    /// <summary>Opens, or clears the output and answers false.</summary>
    internal bool TryOpen(
        ReadOnlySpan<byte> nonce,
        ReadOnlySpan<byte> associatedData,
        ReadOnlySpan<byte> ciphertext,
        ReadOnlySpan<byte> tag,
        Span<byte> plaintext)
    {
        DeriveMessageKeys(nonce);
        plaintext = plaintext[..ciphertext.Length];
        ApplyKeyStream(tag, ciphertext, plaintext);
        Span<byte> computed = stackalloc byte[TagBytes];
        Authenticate(nonce, associatedData, plaintext, computed);
        ClearMessageKeys();

        bool verified = CryptographicOperations.FixedTimeEquals(computed, tag);
        CryptographicOperations.ZeroMemory(computed);
        if (!verified) CryptographicOperations.ZeroMemory(plaintext);
        return verified;
    }

    /// <summary>Decrypts and verifies nothing: what comes out may be anything. Only a recording is read so, some of
    /// whose associated data nobody has any more; no peer may act on it.</summary>
    internal void Reveal(
        ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> tag, Span<byte> plaintext)
    {
        DeriveMessageKeys(nonce);
        ApplyKeyStream(tag, ciphertext, plaintext);
        ClearMessageKeys();
    }

    /// <summary>Erases the keys.</summary>
    public abstract void Dispose();

    /// <summary>Encrypts whole blocks, in place, with the key-generating key.</summary>
    protected abstract void EncryptUnderGeneratingKey(Span<byte> blocks);

    /// <summary>Takes the keys for one message.</summary>
    protected abstract void SetMessageKeys(ReadOnlySpan<byte> authenticationKey, ReadOnlySpan<byte> encryptionKey);

    /// <summary>Erases the keys of the message.</summary>
    protected abstract void ClearMessageKeys();

    /// <summary>POLYVAL over both texts, each padded with zeros to whole blocks, and the block of lengths.</summary>
    protected abstract void ComputePolyval(
        ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> lengths, Span<byte> result);

    /// <summary>Encrypts one block, in place, with the key of the message.</summary>
    protected abstract void EncryptBlock(Span<byte> block);

    /// <summary>
    /// Adds the key stream. The counter is the first four bytes, little endian, and wraps without a carry.
    /// </summary>
    protected abstract void AddKeyStream(ReadOnlySpan<byte> firstCounter, ReadOnlySpan<byte> input, Span<byte> output);

    private void DeriveMessageKeys(ReadOnlySpan<byte> nonce)
    {
        const int Blocks = DerivedBytes / (BlockBytes / 2);
        Span<byte> blocks = stackalloc byte[Blocks * BlockBytes];
        for (int i = 0; i < Blocks; i++)
        {
            Span<byte> block = blocks.Slice(i * BlockBytes, BlockBytes);
            BinaryPrimitives.WriteInt32LittleEndian(block, i);
            nonce.CopyTo(block[sizeof(int)..]);
        }

        EncryptUnderGeneratingKey(blocks);

        // Half of each block is kept; in place, since the kept halves only move towards the start.
        Span<ulong> words = MemoryMarshal.Cast<byte, ulong>(blocks);
        for (int i = 1; i < Blocks; i++)
            words[i] = words[2 * i];
        SetMessageKeys(blocks[..AuthenticationKeyBytes], blocks[AuthenticationKeyBytes..DerivedBytes]);
        CryptographicOperations.ZeroMemory(blocks);
    }

    private void Authenticate(
        ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> plaintext, Span<byte> tag)
    {
        const int BitsPerByte = 8;
        Span<byte> lengths = stackalloc byte[BlockBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(lengths, (ulong)associatedData.Length * BitsPerByte);
        BinaryPrimitives.WriteUInt64LittleEndian(lengths[sizeof(ulong)..], (ulong)plaintext.Length * BitsPerByte);

        ComputePolyval(associatedData, plaintext, lengths, tag);
        for (int i = 0; i < NonceBytes; i++)
            tag[i] ^= nonce[i];
        tag[BlockBytes - 1] &= 0x7F;
        EncryptBlock(tag);
    }

    private void ApplyKeyStream(ReadOnlySpan<byte> tag, ReadOnlySpan<byte> input, Span<byte> output)
    {
        Span<byte> counter = stackalloc byte[BlockBytes];
        tag.CopyTo(counter);
        counter[BlockBytes - 1] |= 0x80;
        AddKeyStream(counter, input, output[..input.Length]);
    }
}
