using CsCheck;
using KvpRpc.Protocol.Sealing;
using KvpRpc.Sealing;

namespace KvpRpc.Tests.Sealing;

public sealed class HandshakeTests
{
    private static readonly byte[] Text = [1, 2, 3];
    private static readonly byte[] Key = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];
    private static readonly byte[] OtherKey = [.. Enumerable.Range(2, 32).Select(i => (byte)i)];

    /// <summary>The points of low order that https://cr.yp.to/ecdh.html lists, below 2^255.</summary>
    public static TheoryData<string> KeysOfLowOrder { get; } =
    [
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ];

    [Theory]
    [MemberData(nameof(KeysOfLowOrder))]
    public void A_peer_key_of_low_order_is_refused(string publicKey)
    {
        using NoiseLinkCrypto crypto = new();
        using IHandshakeAttempt attempt = crypto.BeginAttempt();

        Assert.Null(attempt.Complete(Convert.FromHexString(publicKey), Links.SamplePrologue, isInitiator: true));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(33)]
    public void A_peer_key_of_another_length_is_refused(int length)
    {
        using NoiseLinkCrypto crypto = new();
        using IHandshakeAttempt attempt = crypto.BeginAttempt();
        byte[] publicKey = [.. Enumerable.Repeat((byte)9, length)];

        Assert.Null(attempt.Complete(publicKey, Links.SamplePrologue, isInitiator: true));
    }

    [Fact]
    public void Every_attempt_draws_its_own_id_and_key()
    {
        using NoiseLinkCrypto crypto = new();
        var seen = new HashSet<string>();
        for (int i = 0; i < 20; i++)
        {
            using IHandshakeAttempt attempt = crypto.BeginAttempt();
            Assert.Equal(IHandshakeAttempt.IdBytes, attempt.Id.Length);
            Assert.Equal(IHandshakeAttempt.PublicKeyBytes, attempt.PublicKey.Length);
            Assert.True(seen.Add(Convert.ToHexString(attempt.Id)));
            Assert.True(seen.Add(Convert.ToHexString(attempt.PublicKey)));
        }
    }

    [Fact]
    public void Any_altered_byte_of_the_prologue_shows_at_the_first_packet() =>
        Gen.Int[0, (Links.SamplePrologue.Length * 8) - 1].Sample(bit =>
        {
            byte[] altered = [.. Links.SamplePrologue];
            altered[bit / 8] ^= (byte)(1 << (bit % 8));
            return !Agree(Links.Open(guestPrologue: altered));
        }, iter: 100);

    [Fact]
    public void Equal_prologues_and_no_key_or_the_same_key_open()
    {
        Assert.True(Agree(Links.Open()));
        Assert.True(Agree(Links.Open(hostPreSharedKey: Key, guestPreSharedKey: Key)));
    }

    [Fact]
    public void Another_pre_shared_key_shows_at_the_first_packet()
    {
        Assert.False(Agree(Links.Open(hostPreSharedKey: Key, guestPreSharedKey: OtherKey)));
        Assert.False(Agree(Links.Open(hostPreSharedKey: Key)));
        Assert.False(Agree(Links.Open(guestPreSharedKey: Key)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(31)]
    [InlineData(33)]
    public void A_pre_shared_key_of_another_length_is_refused(int length) =>
        Assert.Throws<ArgumentException>(() => new NoiseLinkCrypto(new byte[length]).Dispose());

    [Fact]
    public void Two_ends_that_both_initiate_share_no_key()
    {
        using NoiseLinkCrypto crypto = new();
        using IHandshakeAttempt one = crypto.BeginAttempt();
        using IHandshakeAttempt other = crypto.BeginAttempt();
        using ILinkSealer? first = one.Complete(other.PublicKey, Links.SamplePrologue, isInitiator: true);
        using ILinkSealer? second = other.Complete(one.PublicKey, Links.SamplePrologue, isInitiator: true);

        Assert.Null(second!.Open(first!.Seal(1, Text)));
    }

    [Fact]
    public void An_altered_key_in_the_middle_shows_at_the_first_packet()
    {
        using NoiseLinkCrypto crypto = new();
        using IHandshakeAttempt host = crypto.BeginAttempt();
        using IHandshakeAttempt guest = crypto.BeginAttempt();
        using IHandshakeAttempt other = crypto.BeginAttempt();
        using ILinkSealer? first = host.Complete(other.PublicKey, Links.SamplePrologue, isInitiator: true);
        using ILinkSealer? second = guest.Complete(host.PublicKey, Links.SamplePrologue, isInitiator: false);

        Assert.Null(second!.Open(first!.Seal(1, Text)));
    }

    [Fact]
    public void One_attempt_completed_under_two_prologues_gives_two_links()
    {
        byte[] otherPrologue = HandshakePrologue.Encode(Guid.Empty, "default", "host hello", "another guest hello");
        using NoiseLinkCrypto crypto = new();
        using IHandshakeAttempt host = crypto.BeginAttempt();
        using IHandshakeAttempt guest = crypto.BeginAttempt();
        using ILinkSealer? first = host.Complete(guest.PublicKey, Links.SamplePrologue, isInitiator: true);
        using ILinkSealer? second = host.Complete(guest.PublicKey, otherPrologue, isInitiator: true);

        Sealed one = first!.Seal(1, Text);
        Sealed other = second!.Seal(1, Text);
        Assert.NotEqual(one.Ciphertext, other.Ciphertext);
        using ILinkSealer? peer = guest.Complete(host.PublicKey, otherPrologue, isInitiator: false);
        Assert.Null(peer!.Open(one));
        Assert.Equal(Text, peer!.Open(other));
    }

    [Fact]
    public void A_sealer_outlives_its_attempt_and_its_crypto()
    {
        (ILinkSealer host, ILinkSealer guest) = Links.Open(hostPreSharedKey: Key, guestPreSharedKey: Key);
        using (host)
        using (guest)
        {
            for (ulong number = 0; number < 3000; number += 1000)
                Assert.Equal(Text, guest.Open(host.Seal(number, Text)));
        }
    }

    [Fact]
    public void A_disposed_attempt_completes_no_handshake()
    {
        using NoiseLinkCrypto crypto = new();
        using IHandshakeAttempt other = crypto.BeginAttempt();
        IHandshakeAttempt attempt = crypto.BeginAttempt();
        attempt.Dispose();

        Assert.Throws<ObjectDisposedException>(
            () => attempt.Complete(other.PublicKey, Links.SamplePrologue, isInitiator: true));
    }

    private static bool Agree((ILinkSealer Host, ILinkSealer Guest) link)
    {
        using (link.Host)
        using (link.Guest)
        {
            bool there = link.Guest.Open(link.Host.Seal(1, Text)) is not null;
            bool back = link.Host.Open(link.Guest.Seal(1, Text)) is not null;
            Assert.Equal(there, back);
            return there;
        }
    }
}
