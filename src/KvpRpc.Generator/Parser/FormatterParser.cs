using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace KvpRpc.Generator.Parser;

/// <summary>Reads <c>[MessagePackFormatter]</c>.</summary>
internal static class FormatterParser
{
    /// <summary>How the formatter of a type is had: its singleton where it has one, else a new one.</summary>
    /// <returns>C#, or null where it cannot be had.</returns>
    internal static string? Create(AttributeData attribute, ITypeSymbol type, Compilation compilation)
    {
        if (attribute.ConstructorArguments.Length == 0
            || attribute.ConstructorArguments[0].Value is not INamedTypeSymbol formatter)
            return null;
        if (formatter.IsUnboundGenericType && type is INamedTypeSymbol { IsGenericType: true } named
            && named.TypeArguments.Length == formatter.TypeParameters.Length)
            formatter = formatter.OriginalDefinition.Construct([.. named.TypeArguments]);
        if (!formatter.IsNameable(compilation) || !IsFormatterOf(formatter, type))
            return null;
        TypedConstant[] arguments = attribute.ConstructorArguments.Length > 1
            && attribute.ConstructorArguments[1] is { IsNull: false } values
            ? [.. values.Values]
            : [];
        bool isSingleton = arguments.Length == 0 && formatter.GetMembers("Instance").Any(member =>
            member is IFieldSymbol { IsStatic: true, IsReadOnly: true, DeclaredAccessibility: Accessibility.Public });
        return isSingleton
            ? $"{formatter.Key()}.Instance"
            : $"new {formatter.Key()}({string.Join(", ", arguments.Select(argument => argument.ToCSharpString()))})";
    }

    private static bool IsFormatterOf(INamedTypeSymbol formatter, ITypeSymbol type) =>
        formatter.AllInterfaces.Any(candidate =>
            candidate.OriginalDefinition.MetadataPath() == "MessagePack.Formatters.IMessagePackFormatter`1"
            && SymbolEqualityComparer.Default.Equals(candidate.TypeArguments[0], type));
}
