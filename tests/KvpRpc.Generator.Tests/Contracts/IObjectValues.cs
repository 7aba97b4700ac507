namespace KvpRpc.Generator.Tests.Contracts;

/// <summary>A method for each way to write a type of one's own.</summary>
public interface IObjectValues
{
    Task<Gaps?> Gaps(Gaps? value);

    Task<Empty> Empty(Empty value);

    Task<Named> Named(Named value);

    Task<NamedKeys> NamedKeys(NamedKeys value);

    Task<Point> Point(Point value);

    Task<Point?> NullablePoint(Point? value);

    Task<Person> Person(Person value);

    Task<NamedPerson> NamedPerson(NamedPerson value);

    Task<Span> Span(Span value);

    Task<Chosen> Chosen(Chosen value);

    Task<Init> Init(Init value);

    Task<NamedInit> NamedInit(NamedInit value);

    Task<Required> Required(Required value);

    Task<Derived> Derived(Derived value);

    Task<NamedDerived> NamedDerived(NamedDerived value);

    Task<Hiding> Hiding(Hiding value);

    Task<HidingSame> HidingSame(HidingSame value);

    Task<Counting> Counting(Counting value);

    Task<CountingStruct> CountingStruct(CountingStruct value);

    Task<CountingHidden> CountingHidden(CountingHidden value);

    Task<IShape?> Shape(IShape? value);

    Task<Animal> Animal(Animal value);

    Task<Page<int>> PageOfInt32(Page<int> value);

    Task<Page<Page<string>>> PageOfPage(Page<Page<string>> value);

    Task<Tree> Tree(Tree value);

    Task<Ping> Ping(Ping value);

    Task<Formatted> Formatted(Formatted value);

    Task<FormattedMember> FormattedMember(FormattedMember value);

    Task<Wrapped<int>> Wrapped(Wrapped<int> value);

    Task<DataContracted> DataContracted(DataContracted value);

    Task<ReadOnlyMembers> ReadOnlyMembers(ReadOnlyMembers value);

    Task<@Keyword> Keyword(@Keyword value);

    Task<Dictionary<string, Person?[]>> Nested(Dictionary<string, Person?[]> value);
}
