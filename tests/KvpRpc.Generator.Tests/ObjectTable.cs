using KvpRpc.Generator.Tests.Contracts;
using static KvpRpc.Generator.Tests.ValueTable;

namespace KvpRpc.Generator.Tests;

/// <summary>Values of types of users.</summary>
internal static class ObjectTable
{
    internal static IEnumerable<ValueCase> All { get; } = [.. Objects(), .. Inherited(), .. Graphs()];

    private static IEnumerable<ValueCase> Objects() =>
    [
        Of<Gaps?>(null, new Gaps(), new Gaps { Last = "x", Number = -1, List = null, Field = [1] }),
        Of(new Empty()),
        Of(new Named(), new Named { Größe = null, Field = -1 }),
        Of(new NamedKeys(), new NamedKeys { A = 1, B = null, C = true }),
        Of(default(Point), new Point { X = 1, Y = 2 }),
        Of<Point?>(null, new Point { X = 1 }),
        Of(new Person("Ada", 36), new Person(null, 1, new Person("Ma", 2)) { Note = null }),
        Of(new NamedPerson("Ada", 36), new NamedPerson("Bob", 1) { Note = null }),
        Of(new Span(1, long.MaxValue)),
        Of(new Chosen(1, 2)),
        Of(new Init(), new Init { A = 1, B = null, C = 2 }),
        Of(new NamedInit(), new NamedInit { A = 1, B = null }),
        Of(new Required { Name = "n", Age = 5 }, new Required { Name = null!, Age = 5, Free = 6 }),
        Of(new ReadOnlyMembers { A = 21, B = 7 }),
        Of(new @Keyword { @class = 1, @event = 2 }),
        Of(new DataContracted { A = "a", B = 2, Ignored = 5 }),
    ];

    private static IEnumerable<ValueCase> Inherited() =>
    [
        Of(new Derived { Number = 5, Text = "t", Flag = true }),
        Of(new NamedDerived { Number = 5, Virtual = 6, Field = 7, Own = "own" }),
        Of(new HidingSame { Number = 5, Own = "own" }),
        Of(new Hiding { Number = "five", Virtual = 6, Field = 7 }),
    ];

    private static IEnumerable<ValueCase> Graphs() =>
    [
        Of<IShape?>(null, new Circle(1.5), new Square(2)),
        Of<Animal>(new Dog { Name = "Rex", Barks = true }, new Cat { Name = null }),
        Of(new Page<int> { Items = [1, 2], Next = 2 }, new Page<int>()),
        Of(new Page<Page<string>> { Items = [new Page<string> { Items = ["a"] }, null!] }),
        Of(new Tree(), new Tree { Branches = [new Tree { Value = 1 }, null, new Tree { Branches = [] }] }),
        Of(new Ping(null), new Ping(new Pong(new Ping(new Pong(null))))),
        Of(new Formatted("text")),
        Of(new FormattedMember { Number = 5, Plain = 6, Formatted = new Formatted("f") }),
        Of(new Wrapped<int>(5)),
        Of(new Dictionary<string, Person?[]> { ["a"] = [null, new Person("p", 1)] }),
    ];
}
