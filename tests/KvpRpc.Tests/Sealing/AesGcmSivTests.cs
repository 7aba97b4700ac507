using System.Runtime.Intrinsics;
using System.Text.Json;
using CsCheck;
using KvpRpc.Protocol.Tests.Vectors;
using KvpRpc.Sealing;

namespace KvpRpc.Tests.Sealing;

public sealed class AesGcmSivTests
{
    public static TheoryData<string> Paths { get; } =
        AesGcmSivX86.IsSupported ? [nameof(AesGcmSivX86), nameof(AesGcmSivPortable)] : [nameof(AesGcmSivPortable)];

    [Theory]
    [MemberData(nameof(Paths))]
    public void The_vectors_of_RFC_8452_seal_and_open(string path)
    {
        int count = 0;
        foreach (JsonElement vector in VectorFile.Read("aes-256-gcm-siv.json", "vectors").Values)
        {
            byte[] plaintext = vector.Bytes("plaintext");
            byte[] expected = vector.Bytes("result");
            using AesGcmSiv seal = Create(path, vector.Bytes("key"));

            byte[] ciphertext = new byte[plaintext.Length];
            byte[] tag = new byte[AesGcmSiv.TagBytes];
            seal.Seal(vector.Bytes("nonce"), vector.Bytes("associatedData"), plaintext, ciphertext, tag);
            Assert.Equal(expected, (byte[])[.. ciphertext, .. tag]);

            byte[] opened = new byte[plaintext.Length];
            Assert.True(
                seal.TryOpen(vector.Bytes("nonce"), vector.Bytes("associatedData"), ciphertext, tag, opened));
            Assert.Equal(plaintext, opened);
            count++;
        }

        Assert.Equal(26, count);
    }

    /// <summary>Appendix A of RFC 8452 works one example of POLYVAL.</summary>
    [Theory]
    [MemberData(nameof(Paths))]
    public void The_example_of_POLYVAL_gives_its_sum(string path)
    {
        byte[] key = Convert.FromHexString("25629347589242761d31f826ba4b757b");
        byte[] text = Convert.FromHexString("4f4f95668c83dfb6401762bb2d01a262d1a24ddd2721d006bbe45f20d3c9f362");

        Assert.Equal("f7a3b47b846119fae5b7866cf5e5b77e", Convert.ToHexStringLower(Polyval(path, key, text)));
    }

    [Fact]
    public void All_paths_agree_at_every_length_across_their_batches()
    {
        Assert.SkipUnless(AesGcmSivX86.IsSupported, "This processor has only the portable path.");
        Gen.Select(Gen.Byte.Array[32], Gen.Byte.Array[12], Gen.Byte.Array[0, 300], Gen.Byte.Array[0, 1500])
            .Sample((key, nonce, associatedData, plaintext) =>
            {
                byte[] one = Seal(nameof(AesGcmSivX86), key, nonce, associatedData, plaintext);
                byte[] other = Seal(nameof(AesGcmSivPortable), key, nonce, associatedData, plaintext);
                return one.AsSpan().SequenceEqual(other);
            }, iter: 400);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void One_buffer_may_hold_plaintext_and_ciphertext(string path)
    {
        for (int length = 0; length < 300; length++)
        {
            byte[] plaintext = [.. Enumerable.Range(0, length).Select(i => (byte)(i * 3))];
            byte[] apart = Seal(path, new byte[32], new byte[12], [1], plaintext);

            using AesGcmSiv seal = Create(path, new byte[32]);
            byte[] buffer = [.. plaintext];
            byte[] tag = new byte[AesGcmSiv.TagBytes];
            seal.Seal(new byte[12], [1], buffer, buffer, tag);
            Assert.Equal(apart, (byte[])[.. buffer, .. tag]);
            Assert.True(seal.TryOpen(new byte[12], [1], buffer, tag, buffer));
            Assert.Equal(plaintext, buffer);
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void A_flipped_bit_anywhere_is_found_and_the_output_cleared(string path) =>
        Gen.Select(Gen.Byte.Array[1, 40], Gen.Byte.Array[1, 40], Gen.Int[0, 1_000_000])
            .Sample((associatedData, plaintext, flip) =>
            {
                using AesGcmSiv seal = Create(path, new byte[32]);
                byte[] nonce = new byte[12];
                byte[] ciphertext = new byte[plaintext.Length];
                byte[] tag = new byte[AesGcmSiv.TagBytes];
                seal.Seal(nonce, associatedData, plaintext, ciphertext, tag);

                byte[][] parts = [nonce, associatedData, ciphertext, tag];
                int bit = flip % (parts.Sum(part => part.Length) * 8);
                foreach (byte[] part in parts)
                {
                    if (bit >= 0 && bit < part.Length * 8) part[bit / 8] ^= (byte)(1 << (bit % 8));
                    bit -= part.Length * 8;
                }

                byte[] opened = [.. plaintext];
                return !seal.TryOpen(nonce, associatedData, ciphertext, tag, opened)
                    && opened.All(value => value == 0);
            }, iter: 500);

    [Theory]
    [MemberData(nameof(Paths))]
    public void A_cleared_key_opens_nothing(string path)
    {
        using AesGcmSiv seal = Create(path, [.. Enumerable.Repeat((byte)7, 32)]);
        byte[] tag = new byte[AesGcmSiv.TagBytes];
        byte[] text = [1, 2, 3];
        seal.Seal(new byte[12], [], text, text, tag);
        seal.ClearKey();

        Assert.False(seal.TryOpen(new byte[12], [], text, tag, text));
    }

    private static byte[] Seal(string path, byte[] key, byte[] nonce, byte[] associatedData, byte[] plaintext)
    {
        using AesGcmSiv seal = Create(path, key);
        byte[] result = new byte[plaintext.Length + AesGcmSiv.TagBytes];
        seal.Seal(
            nonce, associatedData, plaintext, result.AsSpan(0, plaintext.Length), result.AsSpan(plaintext.Length));
        return result;
    }

    private static AesGcmSiv Create(string path, byte[] key)
    {
        AesGcmSiv seal = path == nameof(AesGcmSivX86) ? new AesGcmSivX86() : new AesGcmSivPortable();
        seal.SetKey(key);
        return seal;
    }

    private static byte[] Polyval(string path, byte[] key, byte[] text)
    {
        byte[] sum = new byte[AesGcmSiv.BlockBytes];
        if (path == nameof(AesGcmSivX86))
        {
            var polyval = new PolyvalX86(Vector128.Create(key).AsUInt64());
            polyval.Update(text);
            polyval.Sum.AsByte().CopyTo(sum);
        }
        else
        {
            var polyval = new PolyvalPortable(key);
            polyval.Update(text);
            polyval.CopyTo(sum);
        }

        return sum;
    }
}
