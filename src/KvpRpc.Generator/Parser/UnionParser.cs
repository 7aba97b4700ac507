using KvpRpc.Generator.Model;
using Microsoft.CodeAnalysis;

namespace KvpRpc.Generator.Parser;

/// <summary>Reads <c>[Union]</c>.</summary>
internal static class UnionParser
{
    internal static bool IsUnion(AttributeData attribute) =>
        attribute.AttributeClass?.ToDisplayString() == "MessagePack.UnionAttribute";

    internal static UnionModel? Parse(TypeParser parser, INamedTypeSymbol type, string name)
    {
        if (!type.IsAbstract)
        {
            parser.Fail(type, "a union is an interface or an abstract class");
            return null;
        }

        var cases = new List<UnionCase>();
        var types = new HashSet<string>();
        foreach (AttributeData attribute in type.GetAttributes().Where(IsUnion))
        {
            if (attribute.ConstructorArguments.Length != 2
                || attribute.ConstructorArguments[0].Value is not int number
                || attribute.ConstructorArguments[1].Value is not INamedTypeSymbol subtype)
                parser.Fail(type, "a case of its union is not written as [Union(number, typeof(Case))]");
            else if (cases.Any(other => other.Number == number) || !types.Add(subtype.Key()))
                parser.Fail(type, $"its union has the number {number} or the type '{subtype.Text()}' twice");
            else if (!parser.Compilation.HasImplicitConversion(subtype, type))
                parser.Fail(type, $"the type '{subtype.Text()}' of its union does not derive from it");
            else
                cases.Add(new UnionCase(number, parser.Parse(subtype)));
        }

        return new UnionModel(type.Key(), name, new EquatableArray<UnionCase>(cases));
    }
}
