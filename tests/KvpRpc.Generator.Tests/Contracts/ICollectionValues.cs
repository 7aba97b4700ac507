using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Collections.ObjectModel;

namespace KvpRpc.Generator.Tests.Contracts;

/// <summary>A method for each collection, dictionary and tuple.</summary>
public interface ICollectionValues
{
    Task<int[]?> Array(int[]? value);

    Task<string?[]?> Texts(string?[]? value);

    Task<int[][]> Jagged(int[][] value);

    Task<DateTime[]> Times(DateTime[] value);

    Task<List<int>?> List(List<int>? value);

    Task<List<byte>> ByteList(List<byte> value);

    Task<IList<string>> IList(IList<string> value);

    Task<ICollection<long>> ICollection(ICollection<long> value);

    Task<IReadOnlyList<int?>> IReadOnlyList(IReadOnlyList<int?> value);

    Task<IReadOnlyCollection<byte[]>> IReadOnlyCollection(IReadOnlyCollection<byte[]> value);

    Task<IEnumerable<int>?> IEnumerable(IEnumerable<int>? value);

    Task<HashSet<string>> HashSet(HashSet<string> value);

    Task<ISet<int>> ISet(ISet<int> value);

    Task<IReadOnlySet<Guid>> IReadOnlySet(IReadOnlySet<Guid> value);

    Task<SortedSet<int>> SortedSet(SortedSet<int> value);

    Task<LinkedList<int>> LinkedList(LinkedList<int> value);

    Task<Queue<int>> Queue(Queue<int> value);

    Task<Stack<int>> Stack(Stack<int> value);

    Task<ConcurrentQueue<int>> ConcurrentQueue(ConcurrentQueue<int> value);

    Task<ConcurrentBag<int>> ConcurrentBag(ConcurrentBag<int> value);

    Task<Collection<int>> Collection(Collection<int> value);

    Task<ReadOnlyCollection<int>> ReadOnlyCollection(ReadOnlyCollection<int> value);

    Task<ObservableCollection<int>> ObservableCollection(ObservableCollection<int> value);

    Task<Memory<int>> Memory(Memory<int> value);

    Task<ReadOnlyMemory<string>> ReadOnlyMemory(ReadOnlyMemory<string> value);

    Task<ArraySegment<int>> Segment(ArraySegment<int> value);

    Task<ImmutableArray<int>> ImmutableArray(ImmutableArray<int> value);

    Task<ImmutableList<int>> ImmutableList(ImmutableList<int> value);

    Task<IImmutableList<int>> IImmutableList(IImmutableList<int> value);

    Task<ImmutableHashSet<int>> ImmutableHashSet(ImmutableHashSet<int> value);

    Task<ImmutableSortedSet<int>> ImmutableSortedSet(ImmutableSortedSet<int> value);

    Task<FrozenSet<int>> FrozenSet(FrozenSet<int> value);

    Task<Basket?> Basket(Basket? value);

    Task<Dictionary<string, int>?> Dictionary(Dictionary<string, int>? value);

    Task<IDictionary<int, string>> IDictionary(IDictionary<int, string> value);

    Task<IReadOnlyDictionary<Guid, byte[]>> IReadOnlyDictionary(IReadOnlyDictionary<Guid, byte[]> value);

    Task<Dictionary<DayOfWeek, List<int>>> EnumDictionary(Dictionary<DayOfWeek, List<int>> value);

    Task<Dictionary<double, int>> DoubleDictionary(Dictionary<double, int> value);

    Task<Dictionary<DateTimeOffset, int>> TimeDictionary(Dictionary<DateTimeOffset, int> value);

    Task<SortedDictionary<int, int>> SortedDictionary(SortedDictionary<int, int> value);

    Task<SortedList<string, int>> SortedList(SortedList<string, int> value);

    Task<ReadOnlyDictionary<int, int>> ReadOnlyDictionary(ReadOnlyDictionary<int, int> value);

    Task<ConcurrentDictionary<int, int>> ConcurrentDictionary(ConcurrentDictionary<int, int> value);

    Task<ImmutableDictionary<int, int>> ImmutableDictionary(ImmutableDictionary<int, int> value);

    Task<ImmutableSortedDictionary<int, int>> ImmutableSortedDictionary(ImmutableSortedDictionary<int, int> value);

    Task<FrozenDictionary<int, int>> FrozenDictionary(FrozenDictionary<int, int> value);

    Task<KeyValuePair<string, int>> Pair(KeyValuePair<string, int> value);

    Task<Tuple<int, string?>?> Tuple(Tuple<int, string?>? value);

    Task<Tuple<int, int, int, int, int, int, int, Tuple<int>>> LongTuple(
        Tuple<int, int, int, int, int, int, int, Tuple<int>> value);

    Task<ValueTuple<int>> ValueTuple(ValueTuple<int> value);

    Task<(int Number, string Text)> NamedTuple((int Number, string Text) value);

    Task<(int, int, int, int, int, int, int, int, string)> LongValueTuple(
        (int, int, int, int, int, int, int, int, string) value);

    Task<(int, bool)?> NullableTuple((int, bool)? value);
}

/// <summary>A collection of a user.</summary>
public sealed class Basket : Collection<string>;
