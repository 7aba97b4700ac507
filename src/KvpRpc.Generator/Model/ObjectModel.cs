namespace KvpRpc.Generator.Model;

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
