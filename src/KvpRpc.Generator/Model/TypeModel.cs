namespace KvpRpc.Generator.Model;

/// <summary>A type that gets a method that writes its values and one that reads them.</summary>
/// <param name="Type">The type as C# writes it, from <c>global::</c> on, without annotation.</param>
/// <param name="Name">An identifier made of it.</param>
/// <param name="IsReference">Whether nil is a value of it.</param>
internal abstract record TypeModel(string Type, string Name, bool IsReference)
{
    internal string Annotated => IsReference ? Type + "?" : Type;
}

/// <summary><c>Nullable</c> of a value type.</summary>
internal sealed record NullableModel(string Type, string Name, ValueUse Value) : TypeModel(Type, Name, false);

/// <summary>A collection that crosses as an array.</summary>
/// <param name="Element">Its elements.</param>
/// <param name="Shape">How it is counted and made.</param>
internal sealed record SequenceModel(string Type, string Name, bool IsReference, ValueUse Element, SequenceShape Shape)
    : TypeModel(Type, Name, IsReference);

/// <summary>How a collection is counted, walked and made, as C# with <c>{0}</c> for the collection.</summary>
/// <param name="IsNull">Whether it is written as nil; null for never.</param>
/// <param name="Count">Its number of elements; null if it must be walked for that.</param>
/// <param name="Items">What is walked.</param>
/// <param name="Create">What elements are added to, with <c>count</c> known; null for an array.</param>
/// <param name="Add">The method that adds an element.</param>
/// <param name="Finish">The collection made of that.</param>
internal sealed record SequenceShape(
    string? IsNull,
    string? Count,
    string Items = "{0}",
    string? Create = null,
    string Add = "items.Add",
    string Finish = "{0}");

/// <summary>A dictionary, which crosses as a map.</summary>
/// <param name="Key">Its keys.</param>
/// <param name="Value">Its values.</param>
/// <param name="Create">What pairs are added to, with <c>count</c> known.</param>
/// <param name="Add">The method that adds a pair.</param>
/// <param name="Finish">The dictionary made of that, with <c>{0}</c> for it.</param>
internal sealed record MapModel(
    string Type, string Name, ValueUse Key, ValueUse Value, string Create, string Add, string Finish)
    : TypeModel(Type, Name, true);

/// <summary>A tuple or pair, which crosses as an array of exactly its items.</summary>
/// <param name="Items">Its items.</param>
/// <param name="Members">The names of the items' properties.</param>
internal sealed record TupleModel(
    string Type, string Name, bool IsReference, EquatableArray<ValueUse> Items, EquatableArray<string> Members)
    : TypeModel(Type, Name, IsReference);

/// <summary>An interface or abstract class whose cases cross with their number.</summary>
internal sealed record UnionModel(string Type, string Name, EquatableArray<UnionCase> Cases)
    : TypeModel(Type, Name, true);

/// <summary>An enum: it crosses as its number, and has no methods of its own.</summary>
/// <param name="Values">Its numbers and names, a line each.</param>
internal sealed record EnumModel(string Type, string Name, EquatableArray<EnumValue> Values)
    : TypeModel(Type, Name, false);

/// <summary>A number of an enum, with its names.</summary>
internal sealed record EnumValue(string Number, string Names);

/// <summary>A case of a union.</summary>
internal sealed record UnionCase(int Number, ValueUse Value);

/// <summary>A type or member with a formatter of its own.</summary>
/// <param name="Create">How the formatter is had.</param>
internal sealed record FormatterModel(string Type, string Name, string Create) : TypeModel(Type, Name, false);
