using CsCheck;
using KvpRpc.Generated;
using KvpRpc.Generator.Tests.Contracts;
using MessagePack;

namespace KvpRpc.Generator.Tests;

/// <summary>Bytes that a peer may send to do harm.</summary>
public sealed class MalformedTests
{
    private const int AllocatedPerByteMax = 2000;

    public static TheoryData<int, string> Cases => ByteTests.Cases;

    [Theory]
    [MemberData(nameof(Cases))]
    public void Bytes_cut_short_are_refused_at_every_length(int index, string type)
    {
        ValueCase value = ValueTable.All.ElementAt(index);
        Assert.Equal(type, value.ToString());
        for (int i = 0; i < value.Count; i++)
        {
            byte[] bytes = value.Expected(i);
            int step = Math.Max(1, bytes.Length / 500);
            for (int length = 0; length < bytes.Length; length += step)
                Assert.True(IsRefused(value, bytes.AsMemory(0, length)));
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Random_and_damaged_bytes_are_read_or_refused_within_bounds(int index, string type)
    {
        ValueCase value = ValueTable.All.ElementAt(index);
        Assert.Equal(type, value.ToString());
        byte[][] good =
            [.. Enumerable.Range(0, value.Count).Select(value.Expected).Where(bytes => bytes.Length < 1000)];
        Gen<byte[]> random = Gen.Byte.Array[0, 100];
        Gen<byte[]> damaged = Gen.Select(
            Gen.Int[0, good.Length - 1],
            Gen.Int[0, 1000],
            Gen.Byte,
            (at, position, with) => Damage(good[at], position, with));
        Gen.OneOf(random, damaged).Sample(bytes => IsBounded(value, bytes), iter: 500, threads: 1);
    }

    [Fact]
    public void A_promise_of_more_elements_than_bytes_is_refused_before_it_costs_memory()
    {
        byte[] bytes = [0xdd, 0x7f, 0xff, 0xff, 0xff, 0x01];
        foreach (ValueCase value in ValueTable.All)
        {
            Assert.True(IsBounded(value, bytes));
            Assert.True(IsBounded(value, [0xdf, .. bytes[1..]]));
            Assert.True(IsBounded(value, [0xc6, .. bytes[1..]]));
            Assert.True(IsBounded(value, [0xdb, .. bytes[1..]]));
        }
    }

    [Theory]
    [InlineData(new byte[] { 0xdd, 0xff, 0xff, 0xff, 0xff })]
    [InlineData(new byte[] { 0xdd, 0x7f, 0xff, 0xff, 0xff })]
    [InlineData(new byte[] { 0xc0 })]
    [InlineData(new byte[] { 0x92, 0xdd, 0xff, 0xff, 0xff, 0xff })]
    [InlineData(new byte[] { })]
    public void The_request_of_a_method_without_arguments_is_refused_like_any_other(byte[] bytes)
    {
        Exception? exception = Record.Exception(() => Wire.Read(RpcUnits.Request, bytes));

        Assert.True(exception is MessagePackSerializationException or EndOfStreamException, $"{exception}");
    }

    [Theory]
    [InlineData(new byte[] { 0xdd, 0xff, 0xff, 0xff, 0xff })]
    [InlineData(new byte[] { })]
    public void The_response_of_a_method_without_a_result_is_refused_like_any_other(byte[] bytes)
    {
        Exception? exception = Record.Exception(() => Wire.Read(RpcUnits.Response, bytes));

        Assert.True(exception is MessagePackSerializationException or EndOfStreamException, $"{exception}");
    }

    [Fact]
    public void What_is_skipped_may_be_nested_without_end()
    {
        byte[] bytes = new byte[1024 * 1024];
        Array.Fill(bytes, (byte)0x91);

        Exception? exception = Record.Exception(() => Wire.Read(RpcUnits.Request, bytes));

        Assert.True(exception is MessagePackSerializationException or EndOfStreamException, $"{exception}");
    }

    [Fact]
    public void Promises_within_promises_cost_no_more_than_the_bytes_are_worth()
    {
        // Sixty levels of branches, each of which promises all the bytes that follow.
        byte[] bytes = new byte[4 * 1024 * 1024];
        Array.Fill(bytes, (byte)0xc0);
        for (int at = 0; at < 30 * 7; at += 7)
        {
            int count = bytes.Length - at - 7;
            new byte[] { 0x92, 0x01, 0xdd, (byte)(count >> 24), (byte)(count >> 16), (byte)(count >> 8), (byte)count }
                .CopyTo(bytes, at);
        }

        var tree = (ValueCase)ValueTable.Of(new Tree());
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.True(IsRefused(tree, bytes));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, bytes.Length * 40L);
    }

    [Theory]
    [InlineData(31, true)]
    [InlineData(33, false)]
    public void A_value_may_be_as_deep_as_the_limit_and_no_deeper(int levels, bool isRead)
    {
        // A tree is an object and a list a level.
        byte[] bytes = [.. Enumerable.Repeat<byte[]>([0x92, 0x01, 0x91], levels).SelectMany(level => level), 0xc0];
        ValueCase tree = ValueTable.Of(new Tree());

        Assert.Equal(!isRead, IsRefused(tree, bytes));
    }

    [Fact]
    public void Keys_that_are_equal_are_refused_in_a_dictionary()
    {
        ValueCase value = ValueTable.All.Single(at => at.Type == typeof(Dictionary<string, int>));

        Assert.True(IsRefused(value, new byte[] { 0x82, 0xa1, 0x61, 0x01, 0xa1, 0x61, 0x02 }));
    }

    private static byte[] Damage(byte[] good, int position, byte value)
    {
        byte[] bytes = [.. good];
        if (bytes.Length > 0)
            bytes[position % bytes.Length] = value;
        return bytes;
    }

    private static bool IsRefused(ValueCase value, ReadOnlyMemory<byte> bytes)
    {
        try
        {
            value.Read(bytes);
            return false;
        }
        catch (Exception exception) when (exception is MessagePackSerializationException or EndOfStreamException)
        {
            return true;
        }
    }

    private static bool IsBounded(ValueCase value, byte[] bytes)
    {
        IsRefused(value, bytes);
        long before = GC.GetAllocatedBytesForCurrentThread();
        IsRefused(value, bytes);
        return GC.GetAllocatedBytesForCurrentThread() - before < 100_000 + ((long)AllocatedPerByteMax * bytes.Length);
    }
}
