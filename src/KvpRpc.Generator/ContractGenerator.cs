using System.Collections.Immutable;
using KvpRpc.Generator.Emitter;
using KvpRpc.Generator.Model;
using KvpRpc.Generator.Parser;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace KvpRpc.Generator;

/// <summary>Generates the typed client, the dispatcher and the serializers of every contract that an assembly
/// uses.</summary>
[Generator(LanguageNames.CSharp)]
public sealed class ContractGenerator : IIncrementalGenerator
{
    internal const string CallsStep = "KvpRpc.Calls";
    internal const string AttributesStep = "KvpRpc.Attributes";
    internal const string ServicesStep = "KvpRpc.Services";
    internal const string ContractsStep = "KvpRpc.Contracts";
    internal const string TypesStep = "KvpRpc.Types";
    internal const string ProblemsStep = "KvpRpc.Problems";
    internal const string AssemblyStep = "KvpRpc.Assembly";

    private const string ContractAttribute = "KvpRpc.KvpContractAttribute";
    private const string ServiceAttribute = "KvpRpc.KvpServiceAttribute";

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        IncrementalValueProvider<ImmutableArray<ContractResult>> calls = context.SyntaxProvider
            .CreateSyntaxProvider(ContractUses.MayName, ContractUses.Find)
            .SelectMany(static (found, _) => found)
            .WithTrackingName(CallsStep)
            .Collect();
        IncrementalValueProvider<ImmutableArray<ContractResult>> attributes = context.SyntaxProvider
            .ForAttributeWithMetadataName(
                ContractAttribute, static (node, _) => node is CompilationUnitSyntax, ContractUses.FindInAttributes)
            .SelectMany(static (found, _) => found)
            .WithTrackingName(AttributesStep)
            .Collect();

        // A contract is checked where it is written, even if nothing here uses it.
        IncrementalValueProvider<ImmutableArray<ContractResult>> services = context.SyntaxProvider
            .ForAttributeWithMetadataName(
                ServiceAttribute,
                static (node, _) => node is InterfaceDeclarationSyntax,
                static (at, cancellationToken) => ContractParser.Parse(
                    (INamedTypeSymbol)at.TargetSymbol, at.SemanticModel.Compilation, null, cancellationToken))
            .Select(static (result, _) => result with { Contract = null })
            .WithTrackingName(ServicesStep)
            .Collect();

        IncrementalValueProvider<EquatableArray<ContractResult>> results = calls.Combine(attributes).Combine(services)
            .Select(static (all, _) => new EquatableArray<ContractResult>(
                all.Left.Left.Concat(all.Left.Right).Concat(all.Right)));
        IncrementalValuesProvider<ContractModel> contracts = results
            .SelectMany(static (all, _) => ContractUses.Distinct(all))
            .WithTrackingName(ContractsStep);
        IncrementalValueProvider<EquatableArray<TypeModel>> types = contracts.Collect()
            .Select(static (all, _) => ContractUses.TypesOf(all))
            .WithTrackingName(TypesStep);
        IncrementalValuesProvider<Problem> problems = results
            .SelectMany(static (all, _) => all.SelectMany(result => result.Problems).Distinct())
            .WithTrackingName(ProblemsStep);
        IncrementalValueProvider<string> assembly = context.CompilationProvider
            .Select(static (compilation, _) => GeneratedFile.NamespaceOf(compilation.AssemblyName))
            .WithTrackingName(AssemblyStep);

        context.RegisterSourceOutput(problems, static (output, problem) =>
            output.ReportDiagnostic(problem.ToDiagnostic()));
        context.RegisterSourceOutput(contracts.Combine(assembly), static (output, pair) =>
            output.AddSource(pair.Left.Name + ".g.cs", ContractEmitter.Emit(pair.Left, pair.Right)));
        context.RegisterSourceOutput(types.Combine(assembly), static (output, pair) =>
        {
            if (pair.Left.Count > 0)
                output.AddSource("Serializers.g.cs", SerializersEmitter.Emit(pair.Left, pair.Right));
        });
    }
}
