using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using KvpRpc.Protocol.Alphabets;
using KvpRpc.Protocol.Hellos;
using KvpRpc.Protocol.Links;
using KvpRpc.Protocol.Sealing;
using KvpRpc.Protocol.Tests.Vectors;
using KvpRpc.Sealing;

namespace KvpRpc.Tests.Sealing;

/// <summary>Whole handshakes, and the seals of items under their keys, against the golden vectors.</summary>
public sealed class HandshakeVectorTests
{
    public static TheoryData<string> Handshakes => VectorFile.Names("handshake.json", "handshakes");

    public static TheoryData<string> Items => VectorFile.Names("items.json", "items");

    [Theory]
    [MemberData(nameof(Handshakes))]
    public void The_hellos_of_both_sides_give_the_prologue_and_the_link_id(string name)
    {
        JsonElement vector = Find(name);
        Hello host = Read(vector.GetProperty("host"));
        Hello guest = Read(vector.GetProperty("guest"));
        Assert.Equal((PeerRole.Host, PeerRole.Guest), (host.Role, guest.Role));
        Assert.Equal(host.AttemptId, guest.AnsweredId);
        Assert.Equal(vector.GetProperty("vmId").GetGuid(), host.VmId);
        Assert.Equal(vector.Text("linkId"), Handshake.LinkIdOf(host.AttemptId, guest.AttemptId).ToString("x8", null));
        Assert.Equal(vector.Text("prologue"), Convert.ToHexStringLower(Prologue(vector)));
    }

    [Theory]
    [MemberData(nameof(Handshakes))]
    public void Each_step_gives_the_hash_of_the_vector_and_the_last_the_keys(string name)
    {
        JsonElement vector = Find(name);
        byte[] preSharedKey = PreSharedKey(vector);
        using NoiseState noise = new(Encoding.ASCII.GetBytes(vector.Text("protocolName")));
        foreach (JsonElement step in vector.GetProperty("steps").EnumerateArray())
        {
            switch (step.Text("step"))
            {
                case "start":
                    break;
                case "prologue":
                    noise.MixHash(vector.Bytes("prologue"));
                    break;
                case "psk":
                    noise.MixKeyAndHash(preSharedKey);
                    break;
                case "ee":
                    noise.MixKey(vector.Bytes("sharedSecret"));
                    break;
                case string token:
                    byte[] key = vector.GetProperty(token.Split(' ')[^1]).Bytes("publicKey");
                    noise.MixHash(key);
                    if (preSharedKey.Length > 0)
                        noise.MixKey(key);
                    break;
            }

            Assert.Equal(step.Text("h"), Convert.ToHexStringLower(noise.Hash));
        }

        byte[] hostKey = new byte[NoiseState.HashBytes];
        byte[] guestKey = new byte[NoiseState.HashBytes];
        noise.Split(hostKey, guestKey);
        Assert.Equal(vector.Text("handshakeHash"), Convert.ToHexStringLower(noise.Hash));
        Assert.Equal(vector.Text("hostKey"), Convert.ToHexStringLower(hostKey));
        Assert.Equal(vector.Text("guestKey"), Convert.ToHexStringLower(guestKey));
        foreach (JsonElement chain in vector.GetProperty("chains").EnumerateArray())
        {
            byte[] secret = new byte[KeySchedule.SecretBytes];
            byte[] key = new byte[AesGcmSiv.KeyBytes];
            KeySchedule.DeriveChain(
                Enum.Parse<SealKind>(chain.Text("kind"), ignoreCase: true),
                chain.Text("from") == "host" ? hostKey : guestKey, noise.Hash, secret);
            KeySchedule.DeriveKey(secret, key);
            Assert.Equal(chain.Text("secret"), Convert.ToHexStringLower(secret));
            Assert.Equal(chain.Text("key"), Convert.ToHexStringLower(key));
        }
    }

    [Theory]
    [MemberData(nameof(Items))]
    public void The_parts_of_an_item_are_sealed_and_opened_under_the_keys_of_the_handshake(string name)
    {
        JsonElement item = VectorFile.Read("items.json", "items")[name];
        // Numbers too high to come to by epochs have a key that is given.
        if (!name.Contains("under a key that is given", StringComparison.Ordinal))
        {
            JsonElement handshake = VectorFile.Read("handshake.json", "handshakes").Values.First();
            (ILinkSealer host, ILinkSealer guest) = Open(handshake);
            using (host)
            using (guest)
            {
                bool fromHost = item.Text("from") == "host";
                foreach (SealKind kind in Enum.GetValues<SealKind>())
                    AssertSeals(item, kind, fromHost ? host : guest, fromHost ? guest : host);
            }
        }

        foreach (SealKind kind in Enum.GetValues<SealKind>())
            AssertSealsUnderItsKey(item, kind);
    }

    private static void AssertSeals(JsonElement item, SealKind kind, ILinkSealer sealing, ILinkSealer opening)
    {
        if (!TryFindPart(item, kind, out JsonElement part))
            return;
        byte[] ciphertext = Optional(part, "sealed");
        byte[] plaintext = Optional(part, "plaintext");
        byte[] made = new byte[plaintext.Length];
        byte[] tag = new byte[AesGcmSiv.TagBytes];
        ulong number = part.Number("number");
        sealing.Seal(kind, number, part.Bytes("associatedData"), plaintext, made, tag);
        Assert.Equal(ciphertext, made);
        Assert.Equal(part.Bytes("tag"), tag);
        byte[] opened = new byte[ciphertext.Length];
        Assert.True(opening.TryOpen(kind, number, part.Bytes("associatedData"), ciphertext, tag, opened));
        Assert.Equal(plaintext, opened);
    }

    private static void AssertSealsUnderItsKey(JsonElement item, SealKind kind)
    {
        if (!TryFindPart(item, kind, out JsonElement part))
            return;
        byte[] nonce = new byte[AesGcmSiv.NonceBytes];
        BinaryPrimitives.WriteUInt32BigEndian(nonce, (uint)kind);
        BinaryPrimitives.WriteUInt64BigEndian(nonce.AsSpan(4), part.Number("number"));
        Assert.Equal(part.Bytes("nonce"), nonce);
        byte[] plaintext = Optional(part, "plaintext");
        byte[] ciphertext = new byte[plaintext.Length];
        byte[] tag = new byte[AesGcmSiv.TagBytes];
        using AesGcmSiv seal = AesGcmSiv.Create();
        seal.SetKey(part.Bytes("key"));
        seal.Seal(nonce, part.Bytes("associatedData"), plaintext, ciphertext, tag);
        Assert.Equal(Optional(part, "sealed"), ciphertext);
        Assert.Equal(part.Bytes("tag"), tag);
        byte[] opened = new byte[ciphertext.Length];
        for (int length = 0; length < ciphertext.Length; length++)
        {
            Assert.False(seal.TryOpen(
                nonce, part.Bytes("associatedData"), ciphertext.AsSpan(0, length), tag, opened));
        }

        Assert.True(seal.TryOpen(nonce, part.Bytes("associatedData"), ciphertext, tag, opened));
        Assert.Equal(plaintext, opened);
    }

    private static bool TryFindPart(JsonElement item, SealKind kind, out JsonElement part)
    {
        part = item.GetProperty(kind == SealKind.Control ? "control" : "packet");
        return part.ValueKind != JsonValueKind.Null;
    }

    private static (ILinkSealer Host, ILinkSealer Guest) Open(JsonElement handshake)
    {
        byte[] preSharedKey = PreSharedKey(handshake);
        JsonElement host = handshake.GetProperty("host");
        JsonElement guest = handshake.GetProperty("guest");
        using NoiseHandshakeAttempt hostAttempt = Links.Attempt(host.Bytes("privateKey"), preSharedKey);
        using NoiseHandshakeAttempt guestAttempt = Links.Attempt(guest.Bytes("privateKey"), preSharedKey);
        Assert.Equal(host.Bytes("publicKey"), hostAttempt.PublicKey);
        Assert.Equal(guest.Bytes("publicKey"), guestAttempt.PublicKey);
        return (
            hostAttempt.Complete(guestAttempt.PublicKey, Prologue(handshake), isInitiator: true)!,
            guestAttempt.Complete(hostAttempt.PublicKey, Prologue(handshake), isInitiator: false)!);
    }

    private static byte[] Prologue(JsonElement vector) => HandshakePrologue.Encode(
        vector.GetProperty("vmId").GetGuid(), vector.Text("channel"), vector.GetProperty("host").Text("hello"),
        vector.GetProperty("guest").Text("hello"));

    private static Hello Read(JsonElement side)
    {
        string text = side.Text("hello");
        byte[] bytes = new byte[HelloCodec.MaxBytes];
        Assert.Equal('h', text[0]);
        Assert.True(Base64Alphabet.Instance.TryDecode(text.AsSpan(1), bytes, out int count));
        Hello hello = HelloCodec.TryRead(bytes.AsSpan(0, count))!;
        Assert.Equal(side.Text("attemptId"), hello.AttemptId.ToString("x32", null));
        Assert.Equal(side.Bytes("publicKey"), hello.PublicKey.ToArray());
        return hello;
    }

    private static JsonElement Find(string name) => VectorFile.Read("handshake.json", "handshakes")[name];

    private static byte[] PreSharedKey(JsonElement vector) =>
        vector.Has("preSharedKey") ? vector.Bytes("preSharedKey") : [];

    private static byte[] Optional(JsonElement part, string name) => part.Has(name) ? part.Bytes(name) : [];
}
