using System.Buffers.Binary;
using System.Security.Cryptography;

namespace KvpRpc.Sealing;

/// <summary>AES-256-GCM-SIV with the platform's AES, for processors other than x86 with its AES instructions.</summary>
/// <remarks>
/// The platform's AES is constant in time and hardened where the processor can; it allocates a few small objects a
/// message, which is what this path costs more than the other.
/// </remarks>
internal sealed class AesGcmSivPortable : AesGcmSiv
{
    private readonly Aes _generating = Aes.Create();
    private readonly Aes _message = Aes.Create();
    private readonly byte[] _authenticationKey = new byte[BlockBytes];

    internal override void SetKey(ReadOnlySpan<byte> key) => _generating.SetKey(key);

    public override void Dispose()
    {
        _generating.Dispose();
        _message.Dispose();
        CryptographicOperations.ZeroMemory(_authenticationKey);
    }

    protected override void EncryptUnderGeneratingKey(Span<byte> blocks) => Encrypt(_generating, blocks);

    protected override void SetMessageKeys(ReadOnlySpan<byte> authenticationKey, ReadOnlySpan<byte> encryptionKey)
    {
        authenticationKey.CopyTo(_authenticationKey);
        _message.SetKey(encryptionKey);
    }

    protected override void ClearMessageKeys()
    {
        Span<byte> zeros = stackalloc byte[KeyBytes];
        zeros.Clear();
        _message.SetKey(zeros);
        CryptographicOperations.ZeroMemory(_authenticationKey);
    }

    protected override void ComputePolyval(
        ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> lengths, Span<byte> result)
    {
        var polyval = new PolyvalPortable(_authenticationKey);
        polyval.Update(associatedData);
        polyval.Update(plaintext);
        polyval.Update(lengths);
        polyval.CopyTo(result);
    }

    protected override void EncryptBlock(Span<byte> block) => Encrypt(_message, block);

    protected override void AddKeyStream(ReadOnlySpan<byte> firstCounter, ReadOnlySpan<byte> input, Span<byte> output)
    {
        const int BatchBytes = 32 * BlockBytes;
        Span<byte> stream = stackalloc byte[BatchBytes];
        uint counter = BinaryPrimitives.ReadUInt32LittleEndian(firstCounter);
        while (!input.IsEmpty)
        {
            int length = Math.Min(input.Length, BatchBytes);
            int streamed = (length + BlockBytes - 1) / BlockBytes * BlockBytes;
            for (int start = 0; start < streamed; start += BlockBytes)
            {
                firstCounter.CopyTo(stream[start..]);
                BinaryPrimitives.WriteUInt32LittleEndian(stream[start..], unchecked(counter++));
            }

            Encrypt(_message, stream[..streamed]);
            for (int i = 0; i < length; i++)
                output[i] = (byte)(input[i] ^ stream[i]);
            input = input[length..];
            output = output[length..];
        }

        CryptographicOperations.ZeroMemory(stream);
    }

    private static void Encrypt(Aes aes, Span<byte> blocks) => aes.EncryptEcb(blocks, blocks, PaddingMode.None);
}
