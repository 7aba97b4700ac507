using KvpRpc.Guest.Linux;

namespace KvpRpc.Guest.Tests.Linux;

public sealed class PoolReaderTests
{
    private static readonly OwnKeys Keys = new(GuestFolder.Prefix);

    [Fact]
    public void A_text_ends_at_its_first_NUL_whatever_is_behind_it()
    {
        byte[] record = PoolBytes.Record("key", "value", stale: 0xFF);

        Assert.Equal([new("key", "value")], Read(record));
    }

    [Fact]
    public void The_longest_key_and_value_are_read()
    {
        string key = new('k', 511);
        string value = new string('\u4E2D', 682) + "x";

        Assert.Equal([new(key, value)], Read(PoolBytes.Record(key, value)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(512)]
    [InlineData(2559)]
    public void A_torn_record_at_the_end_is_left_out(int length)
    {
        byte[] file = [.. PoolBytes.Record("a", "1"), .. PoolBytes.Record("b", "2")[..length]];

        Assert.Equal([new("a", "1")], Read(file));
    }

    [Fact]
    public void Records_that_are_no_text_are_left_out()
    {
        byte[] file = PoolBytes.File(
            PoolBytes.Record([0xC3], "bad key"u8),
            PoolBytes.Record("bad value"u8, [0xED, 0xA0, 0x80]),
            PoolBytes.Record("overlong"u8, [0xC0, 0x80]),
            PoolBytes.Record(new string('k', 512), "key without NUL"),
            PoolBytes.Record("value without NUL", new string('v', 2048)),
            PoolBytes.Record("", "no key"),
            PoolBytes.Record("good", "one"));

        Assert.Equal([new("good", "one")], Read(file));
    }

    [Fact]
    public void Of_records_with_one_key_the_first_that_has_a_value_shows()
    {
        byte[] file = PoolBytes.File(
            PoolBytes.Record("a", ""),
            PoolBytes.Record("b", "1"),
            PoolBytes.Record("a", "2"),
            PoolBytes.Record("a", "3"),
            PoolBytes.Record("b", "4"),
            PoolBytes.Record("A", "5"));

        Assert.Equal([new("b", "1"), new("a", "2"), new("A", "5")], Read(file));
    }

    [Fact]
    public void Many_records_show_once_each()
    {
        byte[][] records =
            [.. Enumerable.Range(0, 1500).Select(n => PoolBytes.Record($"key {n % 1000}", $"value {n}"))];

        Assert.Equal(
            Enumerable.Range(0, 1000).Select(n => KeyValuePair.Create($"key {n}", $"value {n}")),
            Read(PoolBytes.File(records)));
    }

    private static List<KeyValuePair<string, string>> Read(byte[] file) => [.. new MemoryPool(file).Read(Keys)];
}
