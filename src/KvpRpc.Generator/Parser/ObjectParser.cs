using KvpRpc.Generator.Model;
using Microsoft.CodeAnalysis;

namespace KvpRpc.Generator.Parser;

/// <summary>Reads types with <c>[MessagePackObject]</c> or <c>[DataContract]</c>, by the rules of MessagePack's
/// DynamicObjectResolver.</summary>
internal static class ObjectParser
{
    private const string ObjectAttribute = "MessagePack.MessagePackObjectAttribute";
    private const string Receiver = "MessagePack.IMessagePackSerializationCallbackReceiver";

    internal static bool IsObject(INamedTypeSymbol type) =>
        type.Attribute(ObjectAttribute) is not null || IsDataContract(type);

    internal static ObjectModel? Parse(TypeParser parser, INamedTypeSymbol type, string name)
    {
        if (type.IsAbstract)
        {
            parser.Fail(type, "it is abstract and no [Union]");
            return null;
        }

        AttributeData? attribute = type.Attribute(ObjectAttribute);
        bool isByName = attribute is not null
            && (attribute.IsTrue("KeyAsPropertyName") || attribute.ConstructorArguments.Any(at => at.Value is true));
        var members = new MemberParser(parser, type, isByName, attribute is null);
        if (!members.TryParse(out List<Member> found))
            return null;

        bool isMap = isByName || found.Any(member => member.StringKey is not null);
        if (!ConstructorParser.TryFind(parser, type, isMap, found, out List<Member> arguments, out bool setsRequired))
            return null;

        found.RemoveAll(member => !member.IsExplicit && !member.IsWritable && !arguments.Contains(member));
        found = isMap
            ? [.. found.OrderBy(member => member.Order)]
            : [.. found.OrderBy(member => member.IntKey)];
        return new ObjectModel(
            type.Key(),
            name,
            type.IsReferenceType,
            isMap,
            new EquatableArray<MemberModel>(
                found.Select(member => Model(parser, type, member, arguments, setsRequired))),
            new EquatableArray<int>(arguments.Select(argument => found.IndexOf(argument))),
            Callback(parser, type, "OnBeforeSerialize"),
            Callback(parser, type, "OnAfterDeserialize"));
    }

    private static bool IsDataContract(INamedTypeSymbol type) => type.GetAttributes().Any(attribute =>
        attribute.AttributeClass?.ToDisplayString() == "System.Runtime.Serialization.DataContractAttribute");

    private static MemberModel Model(
        TypeParser parser, INamedTypeSymbol type, Member member, List<Member> arguments, bool setsRequired)
    {
        Setting setting = member switch
        {
            { Symbol: IPropertySymbol { IsRequired: true } or IFieldSymbol { IsRequired: true } } when !setsRequired =>
                Setting.Required,
            _ when arguments.Contains(member) => Setting.Argument,
            { IsWritable: false } => Setting.None,
            { Symbol: IPropertySymbol { SetMethod.IsInitOnly: true } } => Setting.Init,
            _ => Setting.Assign,
        };
        bool isHidden = !SymbolEqualityComparer.Default.Equals(member.Symbol.ContainingType, type)
            && FindVisible(type, member.Symbol.Name) is { } visible
            && !SymbolEqualityComparer.Default.Equals(visible.ContainingType, member.Symbol.ContainingType)
            && visible is not IPropertySymbol { IsOverride: true };
        AttributeData? formatter = member.Symbol.Attribute("MessagePack.MessagePackFormatterAttribute");
        return new MemberModel(
            Identifier(member.Symbol.Name),
            isHidden ? member.Symbol.ContainingType.Key() : null,
            member.IntKey ?? 0,
            member.StringKey ?? "",
            member.IsReadable,
            setting,
            formatter is null ? parser.Parse(member.Type) : parser.ParseWith(member.Type, formatter));
    }

    private static ISymbol? FindVisible(INamedTypeSymbol type, string name)
    {
        for (INamedTypeSymbol? at = type; at is not null; at = at.BaseType)
        {
            if (at.GetMembers(name).FirstOrDefault() is { } member)
                return member;
        }

        return null;
    }

    private static string Identifier(string name) =>
        Microsoft.CodeAnalysis.CSharp.SyntaxFacts.GetKeywordKind(name)
            == Microsoft.CodeAnalysis.CSharp.SyntaxKind.None ? name : "@" + name;

    // A struct is called directly, so that what it changes in itself stays; others are reached by the interface.
    private static string? Callback(TypeParser parser, INamedTypeSymbol type, string method)
    {
        INamedTypeSymbol? receiver = parser.Compilation.GetTypeByMetadataName(Receiver);
        if (receiver is null || !type.AllInterfaces.Contains(receiver, SymbolEqualityComparer.Default))
            return null;
        ISymbol? implementation = type.FindImplementationForInterfaceMember(receiver.GetMembers(method)[0]);
        bool isPublic = implementation is IMethodSymbol { DeclaredAccessibility: Accessibility.Public };
        return isPublic && type.IsValueType ? $"{{0}}.{method}()" : $"((global::{Receiver}){{0}}).{method}()";
    }
}
