using Microsoft.CodeAnalysis;

namespace KvpRpc.Generator.Parser;

/// <summary>What the parsers ask of symbols.</summary>
internal static class Symbols
{
    /// <summary>A type as C# writes it, from <c>global::</c> on; the same for all uses of a type.</summary>
    internal static readonly SymbolDisplayFormat KeyFormat = SymbolDisplayFormat.FullyQualifiedFormat
        .AddMiscellaneousOptions(SymbolDisplayMiscellaneousOptions.ExpandValueTuple)
        .RemoveMiscellaneousOptions(SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier);

    /// <summary>A type as C# writes it where it is used, with its annotations.</summary>
    internal static readonly SymbolDisplayFormat UseFormat = SymbolDisplayFormat.FullyQualifiedFormat
        .AddMiscellaneousOptions(SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier);

    /// <summary>A symbol as people write it.</summary>
    internal static readonly SymbolDisplayFormat TextFormat = SymbolDisplayFormat.CSharpErrorMessageFormat;

    internal static string Key(this ITypeSymbol type) => type.ToDisplayString(KeyFormat);

    internal static string Use(this ITypeSymbol type) => type.ToDisplayString(UseFormat);

    internal static string Text(this ISymbol symbol) => symbol.ToDisplayString(TextFormat);

    /// <summary>The namespace and metadata name of a type that lies in no other, as <c>System.Tuple`2</c>.</summary>
    internal static string MetadataPath(this INamedTypeSymbol type) =>
        type.ContainingType is null && type.ContainingNamespace is { IsGlobalNamespace: false } space
            ? space.ToDisplayString() + "." + type.MetadataName
            : type.MetadataName;

    /// <summary>Finds an attribute on a symbol or, where it is inherited, on what the symbol overrides or derives
    /// from.</summary>
    internal static AttributeData? Attribute(this ISymbol symbol, string name)
    {
        for (ISymbol? at = symbol; at is not null; at = Overridden(at))
        {
            foreach (AttributeData attribute in at.GetAttributes())
            {
                if (attribute.AttributeClass?.ToDisplayString() == name)
                    return attribute;
            }
        }

        return null;
    }

    internal static bool IsTrue(this AttributeData attribute, string property) =>
        attribute.NamedArguments.Any(argument => argument.Key == property && argument.Value.Value is true);

    internal static string? Named(this AttributeData attribute, string property) =>
        attribute.NamedArguments.FirstOrDefault(argument => argument.Key == property).Value.Value as string;

    /// <summary>Whether generated code, which lies in files of its own, can name a type.</summary>
    internal static bool IsNameable(this INamedTypeSymbol type, Compilation compilation)
    {
        for (INamedTypeSymbol? at = type; at is not null; at = at.ContainingType)
        {
            if (at.IsFileLocal)
                return false;
        }

        return compilation.IsSymbolAccessibleWithin(type, compilation.Assembly);
    }

    /// <summary>How deep type arguments lie in one another.</summary>
    internal static int Nesting(this ITypeSymbol type) => type switch
    {
        IArrayTypeSymbol array => 1 + array.ElementType.Nesting(),
        INamedTypeSymbol { TypeArguments.Length: > 0 } named => 1 + named.TypeArguments.Max(at => at.Nesting()),
        _ => 0,
    };

    private static ISymbol? Overridden(ISymbol symbol) => symbol switch
    {
        IPropertySymbol property => property.OverriddenProperty,
        INamedTypeSymbol { TypeKind: TypeKind.Class } type => type.BaseType,
        _ => null,
    };
}
