using KvpRpc.Guest.Linux;
using KvpRpc.Transports;

namespace KvpRpc.Guest.Tests.Linux;

public sealed class PoolWriterTests
{
    private const string Prefix = GuestFolder.Prefix;

    private static readonly OwnKeys Keys = new(Prefix);

    [Fact]
    public void Items_deleted_at_the_end_leave_the_file_and_those_within_leave_their_place_free()
    {
        MemoryPool pool = new(PoolBytes.File(
            PoolBytes.Record($"{Prefix}1", "1"),
            PoolBytes.Record("other", "stays"),
            PoolBytes.Record($"{Prefix}2", "2"),
            PoolBytes.Record($"{Prefix}3", "3")));

        Assert.True(pool.Write(Keys, Delete("3"), Delete("1"), Delete("2")));

        Assert.Equal([($"{Prefix}~0", ""), ("other", "stays")], PoolBytes.AsHostSees(pool.Bytes));
    }

    [Fact]
    public void A_new_item_takes_the_place_of_a_deleted_one()
    {
        MemoryPool pool = new(PoolBytes.File(PoolBytes.Record($"{Prefix}1", "1"), PoolBytes.Record("other", "stays")));

        Assert.True(pool.Write(Keys, Delete("1")));
        Assert.True(pool.Write(Keys, Set("2", "two"), Set("3", "three")));

        Assert.Equal(
            [($"{Prefix}2", "two"), ("other", "stays"), ($"{Prefix}3", "three")], PoolBytes.AsHostSees(pool.Bytes));
    }

    [Fact]
    public void An_item_with_an_empty_value_keeps_its_place()
    {
        MemoryPool pool = new([]);

        Assert.True(pool.Write(Keys, Set("1", ""), Set("2", "two")));
        Assert.True(pool.Write(Keys, Delete("2"), Set("3", "three")));

        Assert.Equal([($"{Prefix}1", ""), ($"{Prefix}3", "three")], pool.Read(Keys).Select(i => (i.Key, i.Value)));
    }

    [Fact]
    public void A_write_of_what_is_there_already_writes_nothing()
    {
        byte[] file = PoolBytes.Record($"{Prefix}1", "1");
        MemoryPool pool = new(file, lifetime: 0);

        Assert.True(pool.Write(Keys, Set("1", "1")));
    }

    [Fact]
    public void Bytes_behind_a_value_are_zeros_for_readers_that_do_not_cut_at_the_NUL()
    {
        MemoryPool pool = new(PoolBytes.Record($"{Prefix}1", new string('\u4E2D', 600)));

        Assert.True(pool.Write(Keys, Set("1", "short")));

        Assert.Equal(PoolBytes.Record($"{Prefix}1", "short"), pool.Bytes);
    }

    [Fact]
    public void A_full_disk_refuses_the_new_item_gives_its_room_back_and_writes_the_others()
    {
        MemoryPool pool = new(PoolBytes.Record($"{Prefix}1", "1"));
        PoolWriter writer = new(Keys, "pool");
        KvpItemWrite[] batch = [Set("2", "new"), Set("1", "changed")];
        writer.Check(batch);
        using PoolImage image = PoolImage.Of(pool.Bytes, batch.Length);

        writer.Write(image, batch, heal: false, (step, record) =>
            step.Kind == PoolStepKind.Write && step.Position >= PoolBytes.RecordSize
                ? Libc.NoSpace
                : pool.Apply(step, record));

        Assert.Equal([KvpWriteOutcome.Refused, KvpWriteOutcome.Landed], batch.Select(item => item.Outcome));
        Assert.Contains("full", batch[0].Error, StringComparison.Ordinal);
        Assert.Equal([($"{Prefix}1", "changed")], PoolBytes.AsHostSees(pool.Bytes));
        Assert.Equal(PoolBytes.RecordSize, pool.Bytes.Length);
    }

    [Fact]
    public void A_key_without_the_prefix_is_a_mistake_of_the_caller()
    {
        PoolWriter writer = new(Keys, "pool");

        Assert.Throws<ArgumentException>(() => writer.Check([new KvpItemWrite("other") { Value = "1".AsMemory() }]));
    }

    [Theory]
    [InlineData("~1", "1", "free records")]
    [InlineData("1", "a\0b", "U+0000")]
    [InlineData("1", "a\rb", "U+000D")]
    public void What_no_record_can_hold_is_refused_with_the_reason(string key, string value, string reason)
    {
        PoolWriter writer = new(Keys, "pool");
        KvpItemWrite write = Set(key, value);

        Assert.Equal(0, writer.Check([write]));

        Assert.Equal(KvpWriteOutcome.Refused, write.Outcome);
        Assert.Contains(reason, write.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Half_of_a_surrogate_pair_is_refused()
    {
        PoolWriter writer = new(Keys, "pool");
        KvpItemWrite write = Set("1", "a\uD800");

        Assert.Equal(0, writer.Check([write]));

        Assert.Contains("surrogate", write.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1022, 'a', true)]
    [InlineData(1023, 'a', false)]
    [InlineData(682, '\u4E2D', true)]
    [InlineData(683, '\u4E2D', false)]
    public void Values_are_bounded_in_units_and_in_bytes(int length, char one, bool fits)
    {
        PoolWriter writer = new(Keys, "pool");

        Assert.Equal(fits ? 1 : 0, writer.Check([Set("1", new string(one, length))]));
    }

    private static KvpItemWrite Set(string key, string value) => new(Prefix + key) { Value = value.AsMemory() };

    private static KvpItemWrite Delete(string key) => new(Prefix + key) { IsDelete = true };
}
