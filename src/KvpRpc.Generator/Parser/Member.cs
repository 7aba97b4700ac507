using Microsoft.CodeAnalysis;

namespace KvpRpc.Generator.Parser;

/// <summary>A member while its type is parsed.</summary>
internal sealed class Member(ISymbol symbol, ITypeSymbol type)
{
    internal ISymbol Symbol { get; } = symbol;

    internal ITypeSymbol Type { get; } = type;

    internal bool IsReadable { get; set; }

    internal bool IsWritable { get; set; }

    /// <summary>Gets or sets whether an attribute names it.</summary>
    internal bool IsExplicit { get; set; }

    internal int? IntKey { get; set; }

    internal string? StringKey { get; set; }

    /// <summary>Gets or sets its place among the names of a map.</summary>
    internal int Order { get; set; } = int.MaxValue;
}
