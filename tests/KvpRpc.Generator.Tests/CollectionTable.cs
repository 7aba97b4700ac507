using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Collections.ObjectModel;
using KvpRpc.Generator.Tests.Contracts;
using static KvpRpc.Generator.Tests.ValueTable;

namespace KvpRpc.Generator.Tests;

/// <summary>Values of every collection, dictionary and tuple.</summary>
internal static class CollectionTable
{
    private static readonly int[] Some = [1, -2, 300];

    internal static IEnumerable<ValueCase> All { get; } = [.. Sequences(), .. Platform(), .. Maps(), .. Tuples()];

    private static IEnumerable<ValueCase> Sequences() =>
    [
        Of<int[]?>(null, [], Some, Range(15), Range(16), Range(70000)),
        Of<string?[]?>(null, [], ["a", null]),
        Of<int[][]>([], [[1], [], null!]),
        Of<DateTime[]>([DateTime.UnixEpoch]),
        Of<List<int>?>(null, [], [.. Some], [.. Range(70000)]),
        Of<List<byte>>([1, 2, 255]),
        Of<IList<string>>(new List<string> { "a" }, new[] { "b" }),
        Of<ICollection<long>>(new List<long> { 5 }, new HashSet<long> { 7, 8 }),
        Of<IReadOnlyList<int?>>(new int?[] { 1, null }, new List<int?>()),
        Of<IReadOnlyCollection<byte[]>>(new Queue<byte[]>([[1], []])),
        Of<IEnumerable<int>?>(null, Some, Some.Where(number => number > 0), new List<int>(Some)),
        Of<HashSet<string>>(["a", "b", "ä"], []),
        Of<ISet<int>>(new HashSet<int>(Some), new SortedSet<int>(Some)),
        Of<IReadOnlySet<Guid>>(new HashSet<Guid> { Guid.Empty }),
        Of<SortedSet<int>>(new SortedSet<int>(Some)),
        Of<LinkedList<int>>(new LinkedList<int>(Some)),
        Of<Queue<int>>(new Queue<int>(Some), new Queue<int>()),
        Of<Stack<int>>(new Stack<int>(Some), new Stack<int>()),
        Of<Basket?>(null, new Basket { "a", "b" }),
    ];

    private static IEnumerable<ValueCase> Platform() =>
    [
        Of(new ConcurrentQueue<int>(Some)),
        Of(new ConcurrentBag<int>([1])),
        Of(new Collection<int>([.. Some])),
        Of(new ReadOnlyCollection<int>(Some)),
        Of(new ObservableCollection<int>(Some)),
        Of<Memory<int>>(default, Some),
        Of<ReadOnlyMemory<string>>(default, new[] { "a" }),
        Of<ArraySegment<int>>(default, new ArraySegment<int>(Some, 1, 2)),
        Of<ImmutableArray<int>>(default, [], [.. Some]),
        Of<ImmutableList<int>>([.. Some]),
        Of<IImmutableList<int>>(ImmutableList.Create(Some)),
        Of<ImmutableHashSet<int>>([7]),
        Of<ImmutableSortedSet<int>>([.. Some]),
        Of(FrozenSet.ToFrozenSet([7])),
    ];

    private static IEnumerable<ValueCase> Maps() =>
    [
        Of<Dictionary<string, int>?>(null, [], new() { ["a"] = 1, [""] = 2 }, Range(20).ToDictionary(i => "k" + i)),
        Of<IDictionary<int, string>>(new Dictionary<int, string> { [1] = "a", [-1] = "b" }),
        Of<IReadOnlyDictionary<Guid, byte[]>>(new Dictionary<Guid, byte[]> { [Guid.Empty] = [1] }),
        Of(new Dictionary<DayOfWeek, List<int>> { [DayOfWeek.Friday] = [5] }),
        Of(new Dictionary<double, int> { [0.5] = 1, [double.NaN] = 2 }),
        Of(new Dictionary<DateTimeOffset, int> { [DateTimeOffset.UnixEpoch] = 1 }),
        Of(new SortedDictionary<int, int> { [2] = 1, [1] = 2 }),
        Of(new SortedList<string, int> { ["b"] = 1, ["a"] = 2 }),
        Of(new ReadOnlyDictionary<int, int>(new Dictionary<int, int> { [1] = 2 })),
        Of(new ConcurrentDictionary<int, int> { [1] = 2 }),
        Of(ImmutableDictionary<int, int>.Empty.Add(1, 2)),
        Of(ImmutableSortedDictionary<int, int>.Empty.Add(3, 4).Add(1, 2)),
        Of(new Dictionary<int, int> { [1] = 2 }.ToFrozenDictionary()),
    ];

    private static IEnumerable<ValueCase> Tuples() =>
    [
        Of(new KeyValuePair<string, int>("a", 1)),
        Of<Tuple<int, string?>?>(null, new(1, null)),
        Of(new Tuple<int, int, int, int, int, int, int, Tuple<int>>(1, 2, 3, 4, 5, 6, 7, new(8))),
        Of(new ValueTuple<int>(5)),
        Of((1, "a")),
        Of((1, 2, 3, 4, 5, 6, 7, 8, "nine")),
        Of<(int, bool)?>(null, (1, true)),
    ];

    private static int[] Range(int count) => [.. Enumerable.Range(0, count)];
}
