using CsCheck;
using KvpRpc.Protocol.Sealing;

namespace KvpRpc.Protocol.Tests.Simulation;

public sealed class SimulatedCryptoTests
{
    private static readonly byte[] Prologue = HandshakePrologue.Encode(Guid.Empty, "default", "one", "other");
    private static readonly byte[] Text = [.. Enumerable.Range(0, 61).Select(i => (byte)i)];

    [Fact]
    public void The_same_seed_draws_the_same_attempts_and_bytes()
    {
        byte[] first = Run(7);
        Assert.Equal(first, Run(7));
        Assert.NotEqual(first, Run(8));

        static byte[] Run(ulong seed)
        {
            SimulatedCrypto crypto = new(seed);
            using IHandshakeAttempt one = crypto.BeginAttempt();
            using IHandshakeAttempt other = crypto.BeginAttempt();
            using ILinkSealer? sealer = one.Complete(other.PublicKey, Prologue, isInitiator: true);
            byte[] ciphertext = new byte[Text.Length];
            byte[] tag = new byte[ILinkSealer.TagBytes];
            sealer!.Seal(SealKind.Packet, 1, [], Text, ciphertext, tag);
            return [.. one.Id, .. one.PublicKey, .. other.Id, .. other.PublicKey, .. ciphertext, .. tag];
        }
    }

    [Fact]
    public void A_restored_generator_draws_again_what_it_drew()
    {
        SimulatedCrypto crypto = new(1);
        ulong checkpoint = crypto.State;
        using IHandshakeAttempt before = crypto.BeginAttempt();
        crypto.State = checkpoint;
        using IHandshakeAttempt after = crypto.BeginAttempt();

        Assert.True(before.Id.SequenceEqual(after.Id));
    }

    [Fact]
    public void Any_change_of_any_input_is_found() =>
        Gen.Select(Gen.ULong, Gen.Byte.Array[0, 60], Gen.Byte.Array[0, 60], Gen.Int[0, 1_000_000], Gen.Bool)
            .Sample((seed, associatedData, text, flip, inPlace) =>
            {
                (ILinkSealer host, ILinkSealer guest) = Open(seed);
                ulong number = seed % 1024;
                byte[] ciphertext = inPlace ? [.. text] : new byte[text.Length];
                byte[] tag = new byte[ILinkSealer.TagBytes];
                host.Seal(SealKind.Packet, number, associatedData, inPlace ? ciphertext : text, ciphertext, tag);

                byte[] bits = [0, .. BitConverter.GetBytes(number), .. associatedData, .. ciphertext, .. tag];
                int bit = flip % (((bits.Length - 1) * 8) + 1);
                int position = bit == 0 ? 0 : bit + 7; // Of the kind, only its lowest bit is in use.
                bits[position / 8] ^= (byte)(1 << (position % 8));
                byte[] opened = [.. Enumerable.Repeat((byte)1, text.Length)];
                bool forged = guest.TryOpen(
                    (SealKind)bits[0],
                    BitConverter.ToUInt64(bits.AsSpan(1)),
                    bits.AsSpan(9, associatedData.Length),
                    bits.AsSpan(9 + associatedData.Length, text.Length),
                    bits.AsSpan(bits.Length - ILinkSealer.TagBytes),
                    opened);
                return !forged
                    && opened.All(value => value == 0)
                    && guest.TryOpen(SealKind.Packet, number, associatedData, ciphertext, tag, opened)
                    && opened.AsSpan().SequenceEqual(text);
            }, iter: 20_000);

    [Fact]
    public void Another_kind_direction_split_prologue_or_pre_shared_key_is_found()
    {
        (ILinkSealer host, ILinkSealer guest) = Open(3);
        byte[] sealedText = new byte[Text.Length];
        byte[] tag = new byte[ILinkSealer.TagBytes];
        host.Seal(SealKind.Packet, 1, [1], Text, sealedText, tag);
        byte[] opened = new byte[Text.Length];

        Assert.False(guest.TryOpen(SealKind.Control, 1, [1], sealedText, tag, opened));
        Assert.False(host.TryOpen(SealKind.Packet, 1, [1], sealedText, tag, opened));
        Assert.False(guest.TryOpen(SealKind.Packet, 1, [1, 0], sealedText, tag, opened));
        Assert.False(guest.TryOpen(SealKind.Packet, 1, [1], sealedText, tag.AsSpan(1), opened));
        Assert.False(Open(3, guestPrologue: [1]).Guest.TryOpen(SealKind.Packet, 1, [1], sealedText, tag, opened));
        Assert.False(Open(3, guestKey: 9).Guest.TryOpen(SealKind.Packet, 1, [1], sealedText, tag, opened));
        Assert.True(guest.TryOpen(SealKind.Packet, 1, [1], sealedText, tag, opened));
    }

    [Fact]
    public void Numbers_are_sealed_forwards_and_opened_from_no_earlier_epoch()
    {
        (ILinkSealer host, ILinkSealer guest) = Open(4);
        byte[] tag = new byte[ILinkSealer.TagBytes];
        byte[] later = new byte[ILinkSealer.TagBytes];
        host.Seal(SealKind.Packet, 1023, [], [], [], tag);
        Assert.Throws<InvalidOperationException>(() => host.Seal(SealKind.Packet, 1023, [], [], [], later));
        Assert.Throws<InvalidOperationException>(() => host.Seal(SealKind.Packet, 65 << 10, [], [], [], later));
        host.Seal(SealKind.Packet, 1024, [], [], [], later);

        Assert.True(guest.TryOpen(SealKind.Packet, 1023, [], [], tag, []));
        Assert.True(guest.TryOpen(SealKind.Packet, 1024, [], [], later, []));
        Assert.False(guest.TryOpen(SealKind.Packet, 1023, [], [], tag, []));
    }

    [Fact]
    public void A_peer_key_that_no_attempt_drew_is_refused()
    {
        using IHandshakeAttempt attempt = new SimulatedCrypto(1).BeginAttempt();

        Assert.Null(attempt.Complete(new byte[IHandshakeAttempt.PublicKeyBytes], Prologue, isInitiator: true));
        Assert.Null(attempt.Complete(new byte[31], Prologue, isInitiator: true));
    }

    private static (ILinkSealer Host, ILinkSealer Guest) Open(
        ulong seed, byte[]? guestPrologue = null, ulong guestKey = 0)
    {
        using IHandshakeAttempt host = new SimulatedCrypto(seed).BeginAttempt();
        using IHandshakeAttempt guest = new SimulatedCrypto(~seed, guestKey).BeginAttempt();
        return (
            host.Complete(guest.PublicKey, Prologue, isInitiator: true)!,
            guest.Complete(host.PublicKey, guestPrologue ?? Prologue, isInitiator: false)!);
    }
}
