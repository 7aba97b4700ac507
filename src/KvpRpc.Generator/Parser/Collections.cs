using KvpRpc.Generator.Model;

namespace KvpRpc.Generator.Parser;

/// <summary>The collections of the platform: how each is counted, walked and made. <c>{T}</c>, <c>{K}</c> and
/// <c>{V}</c> stand for the types of element, key and value, <c>{C}</c> for the comparer of keys, <c>{S}</c> for the
/// collection.</summary>
internal static class Collections
{
    private const string Generic = "global::System.Collections.Generic.";
    private const string Immutable = "global::System.Collections.Immutable.";
    private const string Concurrent = "global::System.Collections.Concurrent.";
    private const string Frozen = "global::System.Collections.Frozen.";
    private const string ObjectModel = "global::System.Collections.ObjectModel.";
    private const string Capacity = "global::KvpRpc.Generated.RpcReading.Capacity";
    private const string NewList = $"new {Generic}List<{{T}}>({Capacity}<{{T}}>(count))";
    private const string NewSet = $"new {Generic}HashSet<{{T}}>({{C}})";
    private const string NewDictionary =
        $"new {Generic}Dictionary<{{K}}, {{V}}>({Capacity}<{Generic}KeyValuePair<{{K}}, {{V}}>>(count), {{C}})";

    private const string IsNull = "{0} is null";
    private const string Count = "{0}.Count";

    private static readonly SequenceShape List = new(IsNull, Count, Create: NewList);
    private static readonly SequenceShape Set = new(IsNull, Count, Create: NewSet);

    internal static readonly SequenceShape Array = new(IsNull, "{0}.Length");

    internal static readonly SequenceShape Other = new(
        IsNull,
        $"(({Generic}ICollection<{{T}}>){{0}}).Count",
        Create: "new {S}()",
        Add: $"(({Generic}ICollection<{{T}}>)items).Add");

    internal static readonly Dictionary<string, SequenceShape> Sequences = new()
    {
        ["System.Collections.Generic.List`1"] = List,
        ["System.Collections.Generic.IList`1"] = List,
        ["System.Collections.Generic.ICollection`1"] = List,
        ["System.Collections.Generic.IReadOnlyList`1"] = new(IsNull, Count),
        ["System.Collections.Generic.IReadOnlyCollection`1"] = new(IsNull, Count),
        ["System.Collections.Generic.IEnumerable`1"] = new(IsNull, null),
        ["System.Collections.Generic.HashSet`1"] = Set,
        ["System.Collections.Generic.ISet`1"] = Set,
        ["System.Collections.Generic.IReadOnlySet`1"] = Set,
        ["System.Collections.Generic.Queue`1"] =
            new(IsNull, Count, Create: $"new {Generic}Queue<{{T}}>({Capacity}<{{T}}>(count))", Add: "items.Enqueue"),
        ["System.Collections.Generic.Stack`1"] = new(
            IsNull, Count, Finish: $"new {Generic}Stack<{{T}}>(global::System.Linq.Enumerable.Reverse({{0}}))"),
        ["System.Collections.Concurrent.ConcurrentQueue`1"] =
            new(IsNull, Count, Create: $"new {Concurrent}ConcurrentQueue<{{T}}>()", Add: "items.Enqueue"),
        ["System.Collections.Concurrent.ConcurrentBag`1"] =
            new(IsNull, Count, Create: $"new {Concurrent}ConcurrentBag<{{T}}>()"),
        ["System.Collections.ObjectModel.ReadOnlyCollection`1"] =
            new(IsNull, Count, Finish: $"new {ObjectModel}ReadOnlyCollection<{{T}}>({{0}})"),
        ["System.Memory`1"] = new(null, "{0}.Length", "{0}.Span"),
        ["System.ReadOnlyMemory`1"] = new(null, "{0}.Length", "{0}.Span"),
        ["System.ArraySegment`1"] =
            new("{0}.Array is null", Count, Finish: "new global::System.ArraySegment<{T}>({0})"),
        ["System.Collections.Immutable.ImmutableArray`1"] = new(
            "{0}.IsDefault",
            "{0}.Length",
            Finish: "global::System.Runtime.InteropServices.ImmutableCollectionsMarshal.AsImmutableArray<{T}>({0})"),
        ["System.Collections.Immutable.ImmutableList`1"] =
            new(IsNull, Count, Finish: $"{Immutable}ImmutableList.CreateRange<{{T}}>({{0}})"),
        ["System.Collections.Immutable.IImmutableList`1"] =
            new(IsNull, Count, Finish: $"{Immutable}ImmutableList.CreateRange<{{T}}>({{0}})"),
        ["System.Collections.Immutable.ImmutableHashSet`1"] =
            new(IsNull, Count, Finish: $"{Immutable}ImmutableHashSet.CreateRange<{{T}}>({{C}}, {{0}})"),
        ["System.Collections.Immutable.IImmutableSet`1"] =
            new(IsNull, Count, Finish: $"{Immutable}ImmutableHashSet.CreateRange<{{T}}>({{C}}, {{0}})"),
        ["System.Collections.Immutable.ImmutableSortedSet`1"] =
            new(IsNull, Count, Finish: $"{Immutable}ImmutableSortedSet.CreateRange<{{T}}>({{0}})"),
        ["System.Collections.Frozen.FrozenSet`1"] = new(
            IsNull, Count, Create: NewSet, Finish: $"{Frozen}FrozenSet.ToFrozenSet<{{T}}>({{0}}, {{C}})"),
    };

    internal static readonly Dictionary<string, MapShape> Maps = new()
    {
        ["System.Collections.Generic.Dictionary`2"] = new(NewDictionary),
        ["System.Collections.Generic.IDictionary`2"] = new(NewDictionary),
        ["System.Collections.Generic.IReadOnlyDictionary`2"] = new(NewDictionary),
        ["System.Collections.Generic.SortedDictionary`2"] = new($"new {Generic}SortedDictionary<{{K}}, {{V}}>()"),
        ["System.Collections.Generic.SortedList`2"] = new($"new {Generic}SortedList<{{K}}, {{V}}>()"),
        ["System.Collections.ObjectModel.ReadOnlyDictionary`2"] =
            new(NewDictionary, Finish: $"new {ObjectModel}ReadOnlyDictionary<{{K}}, {{V}}>({{0}})"),
        ["System.Collections.Concurrent.ConcurrentDictionary`2"] =
            new($"new {Concurrent}ConcurrentDictionary<{{K}}, {{V}}>({{C}})", "TryAdd"),
        ["System.Collections.Immutable.ImmutableDictionary`2"] =
            new(NewDictionary, Finish: $"{Immutable}ImmutableDictionary.CreateRange<{{K}}, {{V}}>({{C}}, {{0}})"),
        ["System.Collections.Immutable.IImmutableDictionary`2"] =
            new(NewDictionary, Finish: $"{Immutable}ImmutableDictionary.CreateRange<{{K}}, {{V}}>({{C}}, {{0}})"),
        ["System.Collections.Immutable.ImmutableSortedDictionary`2"] = new(
            $"new {Generic}SortedDictionary<{{K}}, {{V}}>()",
            Finish: $"{Immutable}ImmutableSortedDictionary.CreateRange<{{K}}, {{V}}>({{0}})"),
        ["System.Collections.Frozen.FrozenDictionary`2"] =
            new(NewDictionary, Finish: $"{Frozen}FrozenDictionary.ToFrozenDictionary<{{K}}, {{V}}>({{0}}, {{C}})"),
    };
}
