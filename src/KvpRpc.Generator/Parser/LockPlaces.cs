using System.Globalization;
using KvpRpc.Generator.Lock;
using Microsoft.CodeAnalysis;

namespace KvpRpc.Generator.Parser;

/// <summary>Finds where a contract's source has what an entry of the lock file is about.</summary>
/// <param name="contract">The contract.</param>
internal sealed class LockPlaces(INamedTypeSymbol contract)
{
    private readonly Dictionary<string, ITypeSymbol> _types = [];

    /// <summary>Remembers a type that the contract holds.</summary>
    internal void Add(ITypeSymbol type) => _types[Forms.NameOf(type.Key())] = type;

    /// <summary>The place of a line, or of its entry if that is not in source, or else of the contract.</summary>
    internal Location? Find(LockEntry entry, string? key)
    {
        ISymbol? symbol = contract;
        if (entry.IsService)
            symbol = key is null ? contract : MethodOf(key);
        else if (_types.TryGetValue(entry.Name, out ITypeSymbol? type))
            symbol = key is null ? type : MemberOf(type, entry.Kind, key) ?? type;
        return InSource(symbol) ?? InSource(contract);
    }

    private IMethodSymbol? MethodOf(string id) => contract.AllInterfaces.Prepend(contract)
        .SelectMany(at => at.GetMembers())
        .OfType<IMethodSymbol>()
        .FirstOrDefault(method => MethodParser.IdOf(method) == id);

    private static ISymbol? MemberOf(ITypeSymbol type, string kind, string key) => type.GetMembers()
        .FirstOrDefault(member => kind switch
        {
            LockEntry.Enum => member is IFieldSymbol { HasConstantValue: true } field
                && Convert.ToDecimal(field.ConstantValue, CultureInfo.InvariantCulture)
                    .ToString(CultureInfo.InvariantCulture) == key,
            LockEntry.Union => false,
            _ => member is IFieldSymbol or IPropertySymbol
                && (member.Name == key || KeyOf(member) == key),
        });

    private static string? KeyOf(ISymbol member)
    {
        AttributeData? attribute = member.Attribute("MessagePack.KeyAttribute");
        object? key = attribute is { ConstructorArguments.Length: 1 }
            ? attribute.ConstructorArguments[0].Value
            : member.Attribute("System.Runtime.Serialization.DataMemberAttribute")
                ?.NamedArguments.FirstOrDefault(at => at.Key == "Order").Value.Value;
        return Convert.ToString(key, CultureInfo.InvariantCulture);
    }

    private static Location? InSource(ISymbol? symbol) => symbol?.Locations.FirstOrDefault(at => at.IsInSource);
}
