using CsCheck;
using KvpRpc.Protocol.Packets;
using KvpRpc.Protocol.Wire;

namespace KvpRpc.Protocol.Tests.Fuzz;

public sealed class VarIntTests
{
    [Fact]
    public void Every_edge_reads_back_in_its_shortest_form()
    {
        for (int bit = 0; bit <= 62; bit++)
        {
            for (int step = -2; step <= 2; step++)
            {
                ulong value = (1UL << bit) + (ulong)step;
                if (value > VarInt.Max)
                    continue;
                byte[] bytes = new byte[VarInt.MaxBytes];
                int size = VarInt.Write(bytes, value);
                Assert.Equal(VarInt.Size(value), size);
                Assert.True(VarInt.TryRead(bytes.AsSpan(0, size), out ulong read, out int count));
                Assert.Equal((value, size), (read, count));
                for (int length = 0; length < size; length++)
                    Assert.False(VarInt.TryRead(bytes.AsSpan(0, length), out _, out _));
            }
        }
    }

    [Fact]
    public void A_longer_spelling_or_a_larger_number_is_refused()
    {
        Assert.False(VarInt.TryRead([0x80, 0x00], out _, out _));
        Assert.False(VarInt.TryRead([0xFF, 0x80, 0x00], out _, out _));
        Assert.False(VarInt.TryRead([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F], out _, out _));
        Assert.False(VarInt.TryRead([0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01], out _, out _));
        Assert.False(VarInt.TryRead([], out _, out _));
    }

    [Fact]
    public void What_reads_is_what_would_be_written() =>
        Gen.Byte.Array[0, 12].Sample(bytes =>
        {
            if (!VarInt.TryRead(bytes, out ulong value, out int count))
                return;
            byte[] again = new byte[VarInt.MaxBytes];
            Assert.Equal(count, VarInt.Write(again, value));
            Assert.True(again.AsSpan(0, count).SequenceEqual(bytes.AsSpan(0, count)));
        });

    [Fact]
    public void A_control_part_with_a_number_beyond_the_limit_is_refused()
    {
        foreach (int field in new[] { 0, 2, 3 })
        {
            ulong[] numbers = [1, 1, 1, 1];
            numbers[field] = ItemLayout.NumberLimit;
            byte[] bytes = new byte[100];
            WireWriter writer = new(bytes);
            new ControlPart(numbers[0], numbers[1], numbers[2], numbers[3]).Write(ref writer);
            WireReader reader = new(bytes);
            Assert.False(ControlPart.TryRead(ref reader, out _, out _));
        }
    }
}
