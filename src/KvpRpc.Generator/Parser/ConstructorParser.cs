using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace KvpRpc.Generator.Parser;

/// <summary>Finds the constructor that makes a type of its members: the marked one, else the longest that
/// fits.</summary>
internal static class ConstructorParser
{
    private const string Marker = "MessagePack.SerializationConstructorAttribute";

    internal static bool TryFind(
        TypeParser parser,
        INamedTypeSymbol type,
        bool isMap,
        List<Member> members,
        out List<Member> arguments,
        out bool setsRequired)
    {
        IMethodSymbol? marked = type.InstanceConstructors.FirstOrDefault(at => at.Attribute(Marker) is not null);
        IEnumerable<IMethodSymbol> candidates = marked is not null
            ? [marked]
            : type.InstanceConstructors
                .Where(at => at.DeclaredAccessibility == Accessibility.Public)
                .OrderByDescending(at => at.Parameters.Length);
        List<Member> ordered = isMap ? members : [.. members.OrderBy(member => member.IntKey)];
        foreach (IMethodSymbol candidate in candidates)
        {
            if (!parser.Compilation.IsSymbolAccessibleWithin(candidate, parser.Compilation.Assembly))
                continue;
            List<Member?> fitting =
                [.. candidate.Parameters.Select((parameter, index) => Find(parser, parameter, index, isMap, ordered))];
            if (fitting.Contains(null))
                continue;
            arguments = [.. fitting.OfType<Member>()];
            setsRequired = candidate.GetAttributes().Any(attribute => attribute.AttributeClass?.ToDisplayString()
                == "System.Diagnostics.CodeAnalysis.SetsRequiredMembersAttribute");
            return true;
        }

        arguments = [];
        setsRequired = false;
        parser.Fail(type, "it has no accessible constructor whose parameters are its members");
        return false;
    }

    private static Member? Find(
        TypeParser parser, IParameterSymbol parameter, int index, bool isMap, List<Member> members)
    {
        bool IsKey(Member at) => string.Equals(at.StringKey, parameter.Name, StringComparison.OrdinalIgnoreCase);
        bool IsName(Member at) => string.Equals(at.Symbol.Name, parameter.Name, StringComparison.OrdinalIgnoreCase);
        Member? member = isMap
            ? members.FirstOrDefault(IsKey) ?? members.FirstOrDefault(IsName)
            : members.ElementAtOrDefault(index);
        if (member is not { IsReadable: true } || parameter.RefKind != RefKind.None)
            return null;
        Conversion conversion = parser.Compilation.ClassifyConversion(member.Type, parameter.Type);
        bool fits = conversion.IsIdentity
            || (conversion.IsImplicit && (conversion.IsReference || conversion.IsBoxing));
        return fits ? member : null;
    }
}
