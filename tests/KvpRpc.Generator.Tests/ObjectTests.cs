using KvpRpc.Generator.Tests.Contracts;
using MessagePack;

namespace KvpRpc.Generator.Tests;

/// <summary>What the bytes alone do not show of reading objects.</summary>
public sealed class ObjectTests
{
    private static readonly string[] Two = ["a", "b"];

    [Fact]
    public void Members_that_are_missing_keep_what_the_constructor_gave_them()
    {
        Init init = Read<Init>(0x90);
        NamedInit named = Read<NamedInit>(0x80);
        Gaps gaps = Read<Gaps?>(0x91, 0xc0)!;
        Person person = Read<Person>(0x91, 0xa1, 0x61);

        Assert.Equal((7, "seven", 9), (init.A, init.B, init.C));
        Assert.Equal((7, "seven"), (named.A, named.B));
        Assert.Equal(17, gaps.Number);
        Assert.Equal(("a", 0, "none"), (person.Name, person.Age, person.Note));
    }

    [Fact]
    public void Members_that_are_there_are_set_however_they_are_declared()
    {
        Init init = Read<Init>(0x92, 0x01, 0xc0);
        Required required = Read<Required>(0x92, 0xa1, 0x61, 0x02);
        Person person = Read<Person>(0x94, 0xa1, 0x61, 0x02, 0xc0, 0xc0);

        Assert.Equal((1, null, 9), (init.A, init.B, init.C));
        Assert.Equal(("a", 2, 5), (required.Name, required.Age, required.Free));
        Assert.Null(person.Note);
    }

    [Fact]
    public void Members_of_a_newer_peer_are_skipped()
    {
        Point point = Read<Point>(0x94, 0x01, 0x02, 0x81, 0xa1, 0x61, 0x91, 0x05, 0xc0);
        NamedInit named = Read<NamedInit>(0x82, 0xa1, 0x5a, 0x92, 0x01, 0x02, 0xa1, 0x41, 0x03);

        Assert.Equal((1, 2), (point.X, point.Y));
        Assert.Equal(3, named.A);
    }

    [Fact]
    public void Callbacks_run_before_writing_and_after_reading()
    {
        var counting = new Counting { Written = 5 };

        Assert.Equal<byte>([0x91, 0x06], Write(counting));
        Assert.Equal(6, counting.Written);
        Assert.Equal(1, Read<Counting>(0x91, 0x06).Read);
        Assert.Equal<byte>([0x91, 0x06], Write(new CountingStruct { Written = 5 }));
        Assert.Equal(1, Read<CountingStruct>(0x91, 0x06).Read);
        Assert.Equal<byte>([0x91, 0x06], Write(new CountingHidden { Written = 5 }));
        Assert.Equal(106, Read<CountingHidden>(0x91, 0x06).Written);
        Assert.Equal(
            MessagePackSerializer.Serialize(
                new CountingStruct { Written = 5 }, cancellationToken: TestContext.Current.CancellationToken),
            Write(new CountingStruct { Written = 5 }));
    }

    [Fact]
    public void A_case_that_its_union_does_not_name_is_not_written()
    {
        var exception = Assert.Throws<MessagePackSerializationException>(() => Write<IShape?>(new Stranger()));

        Assert.Contains("Stranger", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_case_of_a_newer_peer_is_read_as_null() => Assert.Null(Read<IShape?>(0x92, 0x07, 0x91, 0x01));

    [Fact]
    public void Nil_is_refused_where_a_value_type_must_be()
    {
        Assert.Throws<MessagePackSerializationException>(() => Read<Point>(0xc0));
        Assert.Throws<MessagePackSerializationException>(() => Read<(int, string)>(0xc0));
        Assert.Throws<MessagePackSerializationException>(() => Read<Guid>(0xc0));
        Assert.Throws<MessagePackSerializationException>(() => Read<int>(0xc0));
    }

    [Fact]
    public void Numbers_beyond_the_type_are_refused()
    {
        Assert.Throws<MessagePackSerializationException>(() => Read<byte>(0xcd, 0x01, 0x00));
        Assert.Throws<MessagePackSerializationException>(() => Read<DateOnly>(0xce, 0x7f, 0xff, 0xff, 0xff));
        Assert.Throws<MessagePackSerializationException>(() => Read<Version?>(0xa1, 0x78));
    }

    [Fact]
    public void Collections_are_made_as_the_contract_says()
    {
        byte[] bytes = [0x92, 0xa1, 0x61, 0xa1, 0x62];

        Assert.IsType<List<string>>(Read<IList<string>>(bytes));
        Assert.IsType<string[]>(Read<string?[]?>(bytes));
        Assert.Equal(Two, Read<Basket?>(bytes)!);
        Assert.Equal(["b", "a"], Read<HashSet<string>>(bytes).OrderDescending());
    }

    [Fact]
    public void Sets_and_dictionaries_of_a_peer_hash_with_a_secret()
    {
        HashSet<int> set = Assert.IsType<HashSet<int>>(Read<ISet<int>>(0x91, 0x01));
        Dictionary<double, int> dictionary = Read<Dictionary<double, int>>(0x80);

        Assert.NotEqual(EqualityComparer<int>.Default, set.Comparer);
        Assert.NotEqual(EqualityComparer<double>.Default, dictionary.Comparer);
        Assert.Equal(dictionary.Comparer.GetHashCode(0d), dictionary.Comparer.GetHashCode(-0d));
        Assert.Equal(dictionary.Comparer.GetHashCode(double.NaN), dictionary.Comparer.GetHashCode(-double.NaN));
        Assert.True(Enumerable.Range(0, 10_000).Select(i => set.Comparer.GetHashCode(i)).Distinct().Count() > 9_900);
    }

    private static T Read<T>(params byte[] bytes) => Wire.Read(Serializers.Of<T>(), bytes);

    private static byte[] Write<T>(T value) => Wire.Write(Serializers.Of<T>(), value);
}
