using System.Collections.Immutable;
using KvpRpc.Generator.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace KvpRpc.Generator.Parser;

/// <summary>Finds where an assembly names contracts.</summary>
internal static class ContractUses
{
    private const string ContractAttribute = "KvpRpc.KvpContractAttribute";

    /// <summary>Whether a node may name a contract: type arguments of a method that is called or of a type that is
    /// made.</summary>
    internal static bool MayName(SyntaxNode node, CancellationToken cancellationToken) =>
        node is GenericNameSyntax { IsUnboundGenericName: false } name && name.Parent is
            InvocationExpressionSyntax or MemberAccessExpressionSyntax or MemberBindingExpressionSyntax
            or ObjectCreationExpressionSyntax or QualifiedNameSyntax { Parent: ObjectCreationExpressionSyntax };

    /// <summary>Reads the contracts that a node names.</summary>
    internal static ImmutableArray<ContractResult> Find(
        GeneratorSyntaxContext context, CancellationToken cancellationToken)
    {
        var node = (GenericNameSyntax)context.Node;
        SymbolInfo info = context.SemanticModel.GetSymbolInfo(node, cancellationToken);
        (ImmutableArray<ITypeParameterSymbol> parameters, ImmutableArray<ITypeSymbol> arguments) =
            (info.Symbol ?? info.CandidateSymbols.FirstOrDefault()) switch
            {
                IMethodSymbol method => (method.TypeParameters, method.TypeArguments),
                INamedTypeSymbol type => (type.TypeParameters, type.TypeArguments),
                _ => (ImmutableArray<ITypeParameterSymbol>.Empty, ImmutableArray<ITypeSymbol>.Empty),
            };
        return
        [
            .. parameters.Zip(arguments, (parameter, argument) => (parameter, argument))
                .Where(pair => pair.parameter.Attribute(ContractAttribute) is not null)
                .Select(pair => pair.argument)
                .OfType<INamedTypeSymbol>()
                .Where(contract => contract.TypeKind != TypeKind.Error)
                .Select(contract => ContractParser.Parse(
                    contract, context.SemanticModel.Compilation, Place.Of(node.GetLocation()), cancellationToken)),
        ];
    }

    /// <summary>Reads the contracts that attributes of the assembly name.</summary>
    internal static ImmutableArray<ContractResult> FindInAttributes(
        GeneratorAttributeSyntaxContext context, CancellationToken cancellationToken) =>
    [
        .. context.Attributes
            .Select(attribute => (attribute, contract: attribute.ConstructorArguments.FirstOrDefault()))
            .Where(pair => pair.contract.Value is INamedTypeSymbol { TypeKind: not TypeKind.Error })
            .Select(pair => ContractParser.Parse(
                (INamedTypeSymbol)pair.contract.Value!,
                context.SemanticModel.Compilation,
                Place.Of(pair.attribute.ApplicationSyntaxReference?.GetSyntax(cancellationToken).GetLocation()),
                cancellationToken)),
    ];

    /// <summary>Takes each contract once, in the order of their names.</summary>
    internal static IEnumerable<ContractModel> Distinct(IEnumerable<ContractResult> results) => results
        .Select(result => result.Contract)
        .OfType<ContractModel>()
        .GroupBy(contract => contract.Interface)
        .Select(group => group.First())
        .OrderBy(contract => contract.Interface, StringComparer.Ordinal);

    /// <summary>Takes each type of the contracts once, in the order of their names.</summary>
    internal static EquatableArray<TypeModel> TypesOf(IEnumerable<ContractModel> contracts) => new(contracts
        .SelectMany(contract => contract.Types)
        .Where(type => type is not EnumModel)
        .GroupBy(type => type.Name)
        .Select(group => group.First())
        .OrderBy(type => type.Name, StringComparer.Ordinal));
}
