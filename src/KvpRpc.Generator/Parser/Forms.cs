using System.Globalization;
using KvpRpc.Generator.Model;
using Microsoft.CodeAnalysis;

namespace KvpRpc.Generator.Parser;

/// <summary>Says what crosses for a type, as the lock file writes it: <c>[T]</c> for an array, <c>{K: V}</c> for a map,
/// <c>(A, B)</c> for a tuple, <c>T?</c> for a value or nil, and names for all else.</summary>
internal static class Forms
{
    private static readonly HashSet<string> Bytes =
    [
        "byte[]", "System.Memory<byte>", "System.ReadOnlyMemory<byte>", "System.ArraySegment<byte>",
        "System.Buffers.ReadOnlySequence<byte>",
    ];

    /// <summary>The form of a leaf, and the name of a type that has an entry of its own.</summary>
    internal static string Of(ITypeSymbol type)
    {
        string name = NameOf(type.Key());
        return Bytes.Contains(name) ? "bytes" : name;
    }

    /// <summary>The name of a type in the lock file: without blanks, so that it is one word.</summary>
    /// <param name="key">The type as C# writes it.</param>
    internal static string NameOf(string key) => key.Replace("global::", "").Replace(", ", ",");

    /// <summary>The form of a type that has methods of its own.</summary>
    internal static string Of(ITypeSymbol type, TypeModel? model) => model switch
    {
        NullableModel nullable => nullable.Value.Form + "?",
        SequenceModel sequence => $"[{sequence.Element.Form}]",
        MapModel map => $"{{{map.Key.Form}: {map.Value.Form}}}",
        TupleModel tuple => $"({string.Join(", ", tuple.Items.Select(item => item.Form))})",
        _ => Of(type),
    };

    /// <summary>The numbers of an enum with their names, in ascending order.</summary>
    internal static EquatableArray<EnumValue> Values(ITypeSymbol type) => new(type.GetMembers().OfType<IFieldSymbol>()
        .Where(field => field.HasConstantValue)
        .GroupBy(field => Convert.ToDecimal(field.ConstantValue, CultureInfo.InvariantCulture))
        .OrderBy(group => group.Key)
        .Select(group => new EnumValue(
            group.Key.ToString(CultureInfo.InvariantCulture),
            string.Join(", ", group.Select(field => field.Name).OrderBy(name => name, StringComparer.Ordinal)))));
}
