using Microsoft.CodeAnalysis;

namespace KvpRpc.Generator.Parser;

/// <summary>Finds the members of a type that cross, with their keys.</summary>
internal sealed class MemberParser(TypeParser parser, INamedTypeSymbol type, bool isByName, bool isDataContract)
{
    private static readonly string[] Ignored =
    [
        "MessagePack.IgnoreMemberAttribute",
        "System.Runtime.Serialization.IgnoreDataMemberAttribute",
        "System.NonSerializedAttribute",
    ];

    private readonly List<Member> _found = [];

    internal bool TryParse(out List<Member> members)
    {
        members = _found;
        IEnumerable<ISymbol> symbols = isByName
            ? Hierarchy().SelectMany(at => Properties(at).Concat(Fields(at)))
            : Hierarchy().SelectMany(Properties).Concat(Hierarchy().SelectMany(Fields));
        return symbols.All(symbol => Create(symbol) is not { } member || TryAdd(member));
    }

    private bool TryAdd(Member member) => isByName ? TryAddByName(member) : TryAddByKey(member);

    // As reflection lists them: an override stands where the derived type declares it; members that hide others stand
    // beside them, under the name of their type.
    private bool TryAddByName(Member member)
    {
        _found.RemoveAll(other => IsReplaced(other, member));
        int same = _found.FindLastIndex(other => other.Symbol.Name == member.Symbol.Name);
        member.StringKey = same < 0
            ? member.Symbol.Name
            : $"{FullName(member.Symbol.ContainingType)}.{member.Symbol.Name}";
        if (same >= 0 && member.Symbol.ContainingType.IsGenericType)
            return Fail($"its member '{member.Symbol.Name}' hides another in a generic type: name its keys");
        _found.Insert(same < 0 ? _found.Count : same + 1, member);
        return true;
    }

    private static string FullName(INamedTypeSymbol type) => type.ContainingType is { } outer
        ? $"{FullName(outer)}+{type.MetadataName}"
        : type.MetadataPath();

    private bool TryAddByKey(Member member)
    {
        if (isDataContract)
        {
            if (member.Symbol.Attribute("System.Runtime.Serialization.DataMemberAttribute") is not { } data)
                return true;
            int order = data.NamedArguments.FirstOrDefault(at => at.Key == "Order").Value.Value as int? ?? -1;
            if (order != -1)
                member.IntKey = order;
            else
                member.StringKey = data.Named("Name") ?? member.Symbol.Name;
            member.Order = order;
        }
        else
        {
            TypedConstant key = member.Symbol.Attribute("MessagePack.KeyAttribute")?.ConstructorArguments
                .FirstOrDefault() ?? default;
            member.IntKey = key.Value as int?;
            member.StringKey = key.Value as string;
        }

        member.IsExplicit = true;
        string text = $"its member '{member.Symbol.Name}'";
        if (member.IntKey is null && member.StringKey is null)
            return Fail($"{text} has neither [Key] nor [IgnoreMember]");
        if (member.IntKey < 0)
            return Fail($"{text} has a negative key");
        if (_found.Count > 0 && _found[0].IntKey is null != member.IntKey is null)
            return Fail("some of its keys are numbers and some are names");
        int same = _found.FindIndex(other => other.IntKey == member.IntKey && other.StringKey == member.StringKey);
        if (same < 0)
            _found.Add(member);
        else if (!IsReplaced(_found[same], member))
            return Fail($"{text} has the key of another member");
        return true;
    }

    // A member that overrides one of a base type, or hides one of the same type, takes its place.
    private static bool IsReplaced(Member old, Member member) =>
        old.Symbol.Name == member.Symbol.Name && old.Symbol is IPropertySymbol
        && (member.Symbol is IPropertySymbol { IsOverride: true }
            || SymbolEqualityComparer.Default.Equals(old.Type, member.Type));

    private static Member? Create(ISymbol symbol)
    {
        if (Ignored.Any(name => symbol.Attribute(name) is not null))
            return null;
        Member member = symbol switch
        {
            IPropertySymbol property => new Member(property, property.Type)
            {
                IsReadable = Accessor(property, at => at.GetMethod),
                IsWritable = Accessor(property, at => at.SetMethod),
            },
            IFieldSymbol field => new Member(field, field.Type)
            {
                IsReadable = field.DeclaredAccessibility == Accessibility.Public,
                IsWritable = field.DeclaredAccessibility == Accessibility.Public && !field.IsReadOnly,
            },
            _ => throw new InvalidOperationException(),
        };
        return member.IsReadable || member.IsWritable ? member : null;
    }

    // An override may declare one accessor only; the other is the base's.
    private static bool Accessor(IPropertySymbol property, Func<IPropertySymbol, IMethodSymbol?> accessor)
    {
        for (IPropertySymbol? at = property; at is not null; at = at.OverriddenProperty)
        {
            if (accessor(at) is { } method)
                return method.DeclaredAccessibility == Accessibility.Public;
        }

        return false;
    }

    private bool Fail(string reason)
    {
        parser.Fail(type, reason);
        return false;
    }

    private IEnumerable<INamedTypeSymbol> Hierarchy()
    {
        var types = new Stack<INamedTypeSymbol>();
        for (INamedTypeSymbol? at = type; at is { SpecialType: not SpecialType.System_Object }; at = at.BaseType)
            types.Push(at);
        return types;
    }

    private static IEnumerable<ISymbol> Properties(INamedTypeSymbol type) => type.GetMembers().OfType<IPropertySymbol>()
        .Where(property => property is { IsStatic: false, IsIndexer: false, ExplicitInterfaceImplementations.Length: 0 }
            && !(type.IsRecord && property.Name == "EqualityContract"));

    private static IEnumerable<ISymbol> Fields(INamedTypeSymbol type) => type.GetMembers().OfType<IFieldSymbol>()
        .Where(field => field is { IsStatic: false, IsConst: false, IsImplicitlyDeclared: false });
}
