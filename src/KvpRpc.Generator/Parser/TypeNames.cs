using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis;

namespace KvpRpc.Generator.Parser;

/// <summary>Makes an identifier of a type: readable, and different for different types.</summary>
internal static class TypeNames
{
    internal static string Of(ITypeSymbol type)
    {
        var name = new StringBuilder();
        bool isAmbiguous = false;
        Append(name, type, ref isAmbiguous);
        if (isAmbiguous)
            name.Append('_').Append(Hash(type.Key()));
        return name.ToString();
    }

    // Generic names tell how many arguments follow, so they need no end.
    private static void Append(StringBuilder name, ITypeSymbol type, ref bool isAmbiguous)
    {
        switch (type)
        {
            case IArrayTypeSymbol array:
                name.Append("ArrayOf_");
                Append(name, array.ElementType, ref isAmbiguous);
                return;
            case INamedTypeSymbol named:
                AppendNamed(name, named, ref isAmbiguous);
                return;
            default:
                name.Append(type.MetadataName);
                return;
        }
    }

    private static void AppendNamed(StringBuilder name, INamedTypeSymbol type, ref bool isAmbiguous)
    {
        bool isSystem = type.ContainingNamespace is { } space
            && (space.ToDisplayString() + ".").StartsWith("System.", StringComparison.Ordinal);
        var parts = new List<string>();
        var arguments = new List<ITypeSymbol>();
        for (INamedTypeSymbol? at = type; at is not null; at = at.ContainingType)
        {
            parts.Insert(0, at.Name);
            arguments.InsertRange(0, at.TypeArguments);
        }

        for (INamespaceSymbol? at = type.ContainingNamespace; at is { IsGlobalNamespace: false } && !isSystem;
            at = at.ContainingNamespace)
            parts.Insert(0, at.Name);
        isAmbiguous |= parts.Any(part => part.Contains('_'));
        name.Append(string.Join("_", parts));
        if (arguments.Count == 0)
            return;
        name.Append(arguments.Count == 1 ? "Of" : "Of" + arguments.Count);
        foreach (ITypeSymbol argument in arguments)
        {
            name.Append('_');
            Append(name, argument, ref isAmbiguous);
        }
    }

    // FNV-1a: the same in every build, which string.GetHashCode is not.
    internal static string Hash(string text)
    {
        uint hash = 2166136261;
        foreach (char c in text)
            hash = unchecked((hash ^ c) * 16777619);
        return hash.ToString("x8", CultureInfo.InvariantCulture);
    }
}
