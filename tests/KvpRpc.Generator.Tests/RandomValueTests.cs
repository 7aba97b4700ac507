using CsCheck;
using KvpRpc.Generated;
using KvpRpc.Generator.Tests.Contracts;
using MessagePack;

namespace KvpRpc.Generator.Tests;

/// <summary>Random values through the generated serializers and through MessagePack-CSharp.</summary>
public sealed class RandomValueTests
{
    private static readonly Gen<string> Text = Gen.OneOf(
        Gen.String.AlphaNumeric, Gen.Char['\u00a0', '\ud7ff'].Array.Select(at => new string(at)));

    private static readonly Gen<Person> People = Gen.Recursive<Person>((depth, person) => Gen.Select(
        Text.Null(),
        Gen.Int,
        depth < 3 ? person.Null() : Gen.Const(() => (Person?)null),
        Text.Null(),
        (name, age, parent, note) => new Person(name, age, parent) { Note = note }));

    private static readonly Gen<Tree> Trees = Gen.Recursive<Tree>((depth, tree) => Gen.Select(
        Gen.Int,
        (depth < 3 ? tree.Null() : Gen.Const(() => (Tree?)null)).Array[0, 3],
        (value, branches) => new Tree { Value = value, Branches = branches }));

    [Fact]
    public void Numbers_agree()
    {
        Agree(Gen.SByte);
        Agree(Gen.Short);
        Agree(Gen.UShort);
        Agree(Gen.Int);
        Agree(Gen.UInt);
        Agree(Gen.Long);
        Agree(Gen.ULong);
        Agree(Gen.Float);
        Agree(Gen.Double);
        Agree(Gen.Decimal);
        Agree(Gen.Byte.Array[0, 300].Select(bytes => new System.Numerics.BigInteger(bytes)));
    }

    [Fact]
    public void Texts_and_times_agree()
    {
        Agree(Gen.Char);
        Agree(Text.Null());
        Agree(Gen.Guid);
        Agree(Gen.DateTime.Select(at => DateTime.SpecifyKind(at, DateTimeKind.Utc)));
        Agree(Gen.DateTimeOffset);
        Agree(Gen.TimeSpan);
        Agree(Gen.DateOnly);
        Agree(Gen.TimeOnly);
        Agree(Gen.Enum<DayOfWeek>());
    }

    [Fact]
    public void Collections_agree()
    {
        Agree(Gen.Int.Array.Null());
        Agree(Gen.Int.List.Null());
        Agree(Text.Null().Array.Null());
        Agree(Gen.Dictionary(Gen.String.AlphaNumeric, Gen.Int).Null());
        Agree(Gen.Dictionary(Gen.Enum<DayOfWeek>(), Gen.Int.List)[0, 7]);
        Agree(Gen.String.AlphaNumeric.HashSet);
        Agree(Gen.Select(Gen.Int, Text));
    }

    [Fact]
    public void Objects_agree()
    {
        Agree(People);
        Agree(Trees);
        Agree(Gen.Select(Gen.Int, Gen.Int, (x, y) => new Point { X = x, Y = y }));
        Agree(Gen.OneOf<IShape?>(
            Gen.Double.Select(at => (IShape?)new Circle(at)), Gen.Double.Select(at => (IShape?)new Square(at))));
        Agree(Gen.Select(Text, Gen.Int, Text.Null(), (name, age, note) => new NamedPerson(name, age) { Note = note }));
    }

    private static void Agree<T>(Gen<T> values)
    {
        RpcSerializer<T> serializer = Serializers.Of<T>();
        MessagePackSerializerOptions options = MessagePackSerializerOptions.Standard;
        values.Sample(
            value =>
            {
                byte[] expected = MessagePackSerializer.Serialize(value, options);
                byte[] again = MessagePackSerializer.Serialize(Wire.Read(serializer, Pieces.Of(expected)), options);
                return expected.AsSpan().SequenceEqual(Wire.Write(serializer, value))
                    && expected.AsSpan().SequenceEqual(again);
            },
            iter: 1000,
            threads: 1);
    }
}
