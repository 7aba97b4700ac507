using System.Text.Json;
using KvpRpc.Protocol.Sealing;
using KvpRpc.Protocol.Tests.Vectors;
using KvpRpc.Sealing;

namespace KvpRpc.Tests.Sealing;

/// <summary>Holds the implementation to the vectors that another implementation has made.</summary>
public sealed class SealingVectorTests
{
    public static TheoryData<string> Names => VectorFile.Names("sealing.json", "links");

    [Theory]
    [MemberData(nameof(Names))]
    public void The_prologue_has_the_bytes_of_the_vector(string name)
    {
        JsonElement link = Link(name);

        Assert.Equal(link.Text("prologue"), Convert.ToHexStringLower(Prologue(link)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_transcript_gives_the_hash_and_the_keys_of_the_vector(string name)
    {
        JsonElement link = Link(name);
        byte[] preSharedKey = PreSharedKey(link);
        using NoiseState noise = new(System.Text.Encoding.ASCII.GetBytes(link.Text("protocolName")));
        noise.MixHash(link.Bytes("prologue"));
        if (preSharedKey.Length > 0) noise.MixKeyAndHash(preSharedKey);
        foreach (string key in (string[])["hostPublicKey", "guestPublicKey"])
        {
            noise.MixHash(link.Bytes(key));
            if (preSharedKey.Length > 0) noise.MixKey(link.Bytes(key));
        }

        noise.MixKey(link.Bytes("sharedSecret"));
        byte[] hostKey = new byte[32];
        byte[] guestKey = new byte[32];
        noise.Split(hostKey, guestKey);

        Assert.Equal(link.Text("handshakeHash"), Convert.ToHexStringLower(noise.Hash));
        Assert.Equal(link.Bytes("hostKey"), hostKey);
        Assert.Equal(link.Bytes("guestKey"), guestKey);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_chains_give_the_secrets_and_keys_of_the_vector(string name)
    {
        JsonElement link = Link(name);
        foreach (JsonElement chain in link.GetProperty("chains").EnumerateArray())
        {
            byte[] secret = new byte[KeySchedule.SecretBytes];
            byte[] key = new byte[AesGcmSiv.KeyBytes];
            string direction = chain.Text("from") + "Key";
            KeySchedule.DeriveChain(Kind(chain), link.Bytes(direction), link.Bytes("handshakeHash"), secret);
            int epochs = chain.GetProperty("secrets").GetArrayLength();
            for (int epoch = 0; epoch < epochs; epoch++)
            {
                KeySchedule.DeriveKey(secret, key);
                Assert.Equal(chain.GetProperty("secrets")[epoch].GetString(), Convert.ToHexStringLower(secret));
                Assert.Equal(chain.GetProperty("keys")[epoch].GetString(), Convert.ToHexStringLower(key));
                KeySchedule.Advance(secret);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Both_ends_seal_and_open_the_items_of_the_vector(string name)
    {
        JsonElement link = Link(name);
        byte[] preSharedKey = PreSharedKey(link);
        using NoiseHandshakeAttempt hostAttempt = Links.Attempt(link.Bytes("hostPrivateKey"), preSharedKey);
        using NoiseHandshakeAttempt guestAttempt = Links.Attempt(link.Bytes("guestPrivateKey"), preSharedKey);
        Assert.Equal(link.Text("hostPublicKey"), Convert.ToHexStringLower(hostAttempt.PublicKey));
        Assert.Equal(link.Text("guestPublicKey"), Convert.ToHexStringLower(guestAttempt.PublicKey));
        using ILinkSealer? host = hostAttempt.Complete(guestAttempt.PublicKey, Prologue(link), isInitiator: true);
        using ILinkSealer? guest = guestAttempt.Complete(hostAttempt.PublicKey, Prologue(link), isInitiator: false);

        foreach (JsonElement vector in link.GetProperty("seals").EnumerateArray())
        {
            (ILinkSealer sealing, ILinkSealer opening) =
                vector.Text("from") == "host" ? (host!, guest!) : (guest!, host!);
            ulong number = vector.GetProperty("number").GetUInt64();
            Assert.Equal(vector.GetProperty("epoch").GetUInt64(), KeySchedule.EpochOf(number));
            Sealed item = sealing.Seal(
                number, vector.Bytes("plaintext"), vector.Bytes("associatedData"), Kind(vector));

            Assert.Equal(vector.Text("ciphertext"), Convert.ToHexStringLower(item.Ciphertext));
            Assert.Equal(vector.Text("tag"), Convert.ToHexStringLower(item.Tag));
            for (int length = 0; length < item.Ciphertext.Length; length++)
                Assert.Null(opening.Open(item with { Ciphertext = item.Ciphertext[..length] }));
            for (int length = 0; length < item.Tag.Length; length++)
                Assert.Null(opening.Open(item with { Tag = item.Tag[..length] }));
            Assert.Equal(vector.Bytes("plaintext"), opening.Open(item)!);
        }
    }

    private static JsonElement Link(string name) => VectorFile.Read("sealing.json", "links")[name];

    private static SealKind Kind(JsonElement element) => Enum.Parse<SealKind>(element.Text("kind"), ignoreCase: true);

    private static byte[] PreSharedKey(JsonElement link) =>
        link.GetProperty("preSharedKey").ValueKind == JsonValueKind.Null ? [] : link.Bytes("preSharedKey");

    private static byte[] Prologue(JsonElement link) => HandshakePrologue.Encode(
        Guid.Parse(link.Text("vmId")), link.Text("channel"), link.Text("hostHello"), link.Text("guestHello"));
}
