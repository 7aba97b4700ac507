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

/// <summary>A case of a union.</summary>
internal sealed record UnionCase(int Number, ValueUse Value);

/// <summary>A type or member with a formatter of its own.</summary>
/// <param name="Create">How the formatter is had.</param>
internal sealed record FormatterModel(string Type, string Name, string Create) : TypeModel(Type, Name, false);

/// <summary>A type that crosses by its members, as an array or as a map.</summary>
/// <param name="IsMap">Whether it crosses as a map of names.</param>
/// <param name="Members">Its members, in the order in which they cross.</param>
/// <param name="Arguments">The places in <paramref name="Members"/> of the constructor's arguments.</param>
/// <param name="BeforeWrite">The call before writing, with <c>{0}</c> for the value; null for none.</param>
/// <param name="AfterRead">The call after reading, with <c>{0}</c> for the value; null for none.</param>
internal sealed record ObjectModel(
    string Type,
    string Name,
    bool IsReference,
    bool IsMap,
    EquatableArray<MemberModel> Members,
    EquatableArray<int> Arguments,
    string? BeforeWrite,
    string? AfterRead)
    : TypeModel(Type, Name, IsReference);

/// <summary>A member of a type.</summary>
/// <param name="Name">Its name in C#.</param>
/// <param name="Owner">The base type to reach it through, where a derived one hides it; else null.</param>
/// <param name="IntKey">Its index in the array.</param>
/// <param name="StringKey">Its name in the map.</param>
/// <param name="IsReadable">Whether it is written.</param>
/// <param name="Setting">How its value gets into an object.</param>
/// <param name="Value">Its type.</param>
internal sealed record MemberModel(
    string Name, string? Owner, int IntKey, string StringKey, bool IsReadable, Setting Setting, ValueUse Value);

/// <summary>How the value of a member gets into an object.</summary>
internal enum Setting
{
    /// <summary>Not at all: it is only written.</summary>
    None,

    /// <summary>Through the constructor.</summary>
    Argument,

    /// <summary>In the object initializer, always.</summary>
    Required,

    /// <summary>In the object initializer, and only there.</summary>
    Init,

    /// <summary>By assignment.</summary>
    Assign,
}
