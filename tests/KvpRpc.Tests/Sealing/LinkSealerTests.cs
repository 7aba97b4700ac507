using CsCheck;
using KvpRpc.Protocol.Sealing;

namespace KvpRpc.Tests.Sealing;

public sealed class LinkSealerTests
{
    private const ulong EpochLength = 1024;
    private static readonly byte[] Text = [.. Enumerable.Range(0, 100).Select(i => (byte)i)];

    [Fact]
    public void Each_end_opens_what_the_other_has_sealed()
    {
        (ILinkSealer host, ILinkSealer guest) = Links.Open();
        using (host)
        using (guest)
        {
            foreach (SealKind kind in Enum.GetValues<SealKind>())
            {
                for (ulong number = 1; number < 20; number++)
                {
                    Assert.Equal(Text, guest.Open(host.Seal(number, Text, [1, 2], kind)));
                    Assert.Equal(Text, host.Open(guest.Seal(number, Text, [3], kind)));
                }
            }
        }
    }

    [Fact]
    public void An_empty_text_is_sealed_too()
    {
        (ILinkSealer host, ILinkSealer guest) = Links.Open();
        using (host)
        using (guest)
        {
            Sealed item = host.Seal(1, [], [9]);

            Assert.Null(guest.Open(item with { AssociatedData = [8] }));
            Assert.Equal([], guest.Open(item)!);
        }
    }

    [Fact]
    public void No_end_opens_what_it_has_sealed_itself()
    {
        (ILinkSealer host, ILinkSealer guest) = Links.Open();
        using (host)
        using (guest)
        {
            Assert.Null(host.Open(host.Seal(1, Text)));
            Assert.Null(guest.Open(guest.Seal(1, Text)));
        }
    }

    [Fact]
    public void Another_number_or_kind_does_not_open()
    {
        (ILinkSealer host, ILinkSealer guest) = Links.Open();
        using (host)
        using (guest)
        {
            Sealed packet = host.Seal(5, Text);
            Assert.Null(guest.Open(packet with { Number = 6 }));
            Assert.Null(guest.Open(packet with { Number = 4 }));
            Assert.Null(guest.Open(packet with { Number = 5 + EpochLength }));
            Assert.Null(guest.Open(packet with { Kind = SealKind.Control }));
            Assert.Null(guest.Open(host.Seal(5, Text, kind: SealKind.Control) with { Kind = SealKind.Packet }));
            Assert.Equal(Text, guest.Open(packet));
        }
    }

    [Fact]
    public void A_tag_of_another_length_does_not_open()
    {
        (ILinkSealer host, ILinkSealer guest) = Links.Open();
        using (host)
        using (guest)
        {
            Sealed packet = host.Seal(1, Text);
            Assert.Null(guest.Open(packet with { Tag = packet.Tag[..15] }));
            Assert.Null(guest.Open(packet with { Tag = [.. packet.Tag, 0] }));
            Assert.Null(guest.Open(packet with { Tag = [] }));
        }
    }

    [Fact]
    public void A_flipped_bit_in_any_input_does_not_open()
    {
        (ILinkSealer host, ILinkSealer guest) = Links.Open();
        using (host)
        using (guest)
        {
            ulong number = 0;
            Gen.Select(Gen.Byte.Array[1, 60], Gen.Byte.Array[1, 60], Gen.Int[0, 1_000_000])
                .Sample((associatedData, text, flip) =>
                {
                    Sealed item = host.Seal(++number, text, associatedData);
                    byte[] bits =
                        [.. BitConverter.GetBytes(number), .. associatedData, .. item.Ciphertext, .. item.Tag];
                    int bit = flip % (bits.Length * 8);
                    bits[bit / 8] ^= (byte)(1 << (bit % 8));
                    Sealed altered = new(
                        item.Kind,
                        BitConverter.ToUInt64(bits),
                        bits[8..(8 + associatedData.Length)],
                        bits[(8 + associatedData.Length)..^ILinkSealer.TagBytes],
                        bits[^ILinkSealer.TagBytes..]);

                    return guest.Open(altered) is null && guest.Open(item)!.AsSpan().SequenceEqual(text);
                }, iter: 2_000, threads: 1);
        }
    }

    [Fact]
    public void Ciphertext_and_plaintext_may_be_the_same_memory()
    {
        (ILinkSealer host, ILinkSealer guest) = Links.Open();
        using (host)
        using (guest)
        {
            byte[] buffer = [.. Text];
            byte[] tag = new byte[ILinkSealer.TagBytes];
            host.Seal(SealKind.Packet, 1, [], buffer, buffer, tag);
            Assert.NotEqual(Text, buffer);
            Assert.True(guest.TryOpen(SealKind.Packet, 1, [], buffer, tag, buffer));
            Assert.Equal(Text, buffer);
        }
    }

    [Fact]
    public void The_same_text_under_the_same_keys_looks_different_under_each_number()
    {
        (ILinkSealer host, ILinkSealer guest) = Links.Open();
        using (host)
        using (guest)
        {
            var seen = new HashSet<string>();
            for (ulong number = 0; number < 100; number++)
                Assert.True(seen.Add(Convert.ToHexString(host.Seal(number, Text).Ciphertext)));
        }
    }

    [Fact]
    public void A_number_is_sealed_once_and_never_after_a_greater_one()
    {
        (ILinkSealer host, ILinkSealer guest) = Links.Open();
        using (host)
        using (guest)
        {
            host.Seal(7, Text);
            Assert.Throws<InvalidOperationException>(() => host.Seal(7, Text));
            Assert.Throws<InvalidOperationException>(() => host.Seal(6, Text));
            host.Seal(6, Text, kind: SealKind.Control);
            host.Seal(8, Text);
        }
    }

    [Fact]
    public void A_number_that_leaps_farther_than_the_peer_would_follow_is_not_sealed()
    {
        (ILinkSealer host, ILinkSealer guest) = Links.Open();
        using (host)
        using (guest)
        {
            Assert.Throws<InvalidOperationException>(() => host.Seal(65 * EpochLength, Text));
            Assert.Throws<InvalidOperationException>(() => host.Seal(ulong.MaxValue, Text));
            Assert.Equal(Text, guest.Open(host.Seal((65 * EpochLength) - 1, Text)));
        }
    }

    [Fact]
    public void Keys_move_on_with_the_numbers_and_do_not_come_back()
    {
        (ILinkSealer host, ILinkSealer guest) = Links.Open();
        using (host)
        using (guest)
        {
            Sealed last = host.Seal(EpochLength - 1, Text);
            Sealed first = host.Seal(EpochLength, Text);
            Assert.Equal(Text, guest.Open(last));
            Assert.Equal(Text, guest.Open(last));
            Assert.Equal(Text, guest.Open(first));
            Assert.Null(guest.Open(last));
            Assert.Equal(Text, guest.Open(first));
        }
    }

    [Fact]
    public void A_long_run_crosses_many_epochs_in_both_directions()
    {
        (ILinkSealer host, ILinkSealer guest) = Links.Open();
        using (host)
        using (guest)
        {
            for (ulong number = 0; number < 5 * EpochLength; number += 31)
            {
                Assert.Equal(Text, guest.Open(host.Seal(number, Text)));
                Assert.Equal(Text, host.Open(guest.Seal(number * 7, Text, kind: SealKind.Control)));
            }
        }
    }

    [Fact]
    public void A_forged_number_of_a_later_epoch_costs_no_key()
    {
        (ILinkSealer host, ILinkSealer guest) = Links.Open();
        using (host)
        using (guest)
        {
            Sealed packet = host.Seal(1, Text);
            foreach (ulong epoch in (ulong[])[1, 2, 64, 65, 1 << 20, ulong.MaxValue >> 10])
                Assert.Null(guest.Open(packet with { Number = epoch * EpochLength }));
            Assert.Equal(Text, guest.Open(packet));
            Assert.Equal(Text, guest.Open(host.Seal(3 * EpochLength, Text)));
        }
    }

    [Fact]
    public void The_numbers_of_the_kinds_move_their_keys_apart()
    {
        (ILinkSealer host, ILinkSealer guest) = Links.Open();
        using (host)
        using (guest)
        {
            Assert.Equal(Text, guest.Open(host.Seal(9 * EpochLength, Text, kind: SealKind.Control)));
            Assert.Equal(Text, guest.Open(host.Seal(1, Text)));
        }
    }

    [Fact]
    public void Buffers_of_wrong_lengths_are_the_callers_error()
    {
        (ILinkSealer host, ILinkSealer guest) = Links.Open();
        using (host)
        using (guest)
        {
            byte[] tag = new byte[ILinkSealer.TagBytes];
            Assert.Throws<ArgumentOutOfRangeException>(() => host.Seal(default, 1, [], Text, new byte[99], tag));
            Assert.Throws<ArgumentOutOfRangeException>(
                () => host.Seal(default, 1, [], Text, new byte[100], new byte[15]));
            Assert.Throws<ArgumentOutOfRangeException>(
                () => guest.TryOpen(default, 1, [], Text, tag, new byte[99]));
            host.Seal(1, Text);
        }
    }

    [Fact]
    public void A_disposed_sealer_neither_seals_nor_opens()
    {
        (ILinkSealer host, ILinkSealer guest) = Links.Open();
        using (guest)
        {
            Sealed packet = guest.Seal(1, Text);
            host.Dispose();
            host.Dispose();
            Assert.Throws<ObjectDisposedException>(() => host.Seal(1, Text));
            Assert.Throws<ObjectDisposedException>(() => host.Open(packet));
        }
    }

    [Fact]
    public void Sealing_and_opening_allocate_nothing()
    {
        Assert.SkipUnless(KvpRpc.Sealing.AesGcmSivX86.IsSupported, "The portable path allocates in the platform.");
        (ILinkSealer host, ILinkSealer guest) = Links.Open();
        using (host)
        using (guest)
        {
            byte[] buffer = new byte[1400];
            byte[] tag = new byte[ILinkSealer.TagBytes];
            ulong number = 0;
            bool opened = Run(100);
            long before = GC.GetAllocatedBytesForCurrentThread();
            opened &= Run(900);
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

            Assert.True(opened);
            Assert.Equal(0, allocated);

            bool Run(int count)
            {
                bool all = true;
                for (int i = 0; i < count; i++)
                {
                    number++;
                    host.Seal(SealKind.Packet, number, tag, buffer, buffer, tag);
                    all &= !guest.TryOpen(SealKind.Packet, number, [], buffer, tag, buffer);
                    host.Seal(SealKind.Control, number, [1], buffer, buffer, tag);
                    all &= guest.TryOpen(SealKind.Control, number, [1], buffer, tag, buffer);
                }

                return all;
            }
        }
    }
}
