using System.Collections.Immutable;
using KvpRpc.Generator.Parser;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace KvpRpc.Generator;

/// <summary>Finds what implementations of contracts say that only the contract can say.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ImplementationAnalyzer : DiagnosticAnalyzer
{
    private static readonly (string Type, string Name)[] Attributes =
    [
        ("KvpRpc.IdempotentAttribute", "Idempotent"),
        ("KvpRpc.KvpMethodAttribute", "KvpMethod"),
    ];

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
        [Diagnostics.Optional, Diagnostics.NoEffect];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterSymbolAction(AnalyzeMethod, SymbolKind.Method);
        context.RegisterSymbolAction(AnalyzeType, SymbolKind.NamedType);
    }

    private static void AnalyzeMethod(SymbolAnalysisContext context)
    {
        var method = (IMethodSymbol)context.Symbol;
        foreach ((string type, string name) in Attributes)
        {
            string? reason = method.GetAttributes().Any(at => at.AttributeClass?.ToDisplayString() == type)
                ? FindReason(method, name)
                : null;
            if (reason is not null)
            {
                context.ReportDiagnostic(Diagnostic.Create(
                    Diagnostics.NoEffect, method.Locations.FirstOrDefault(), method.Text(), name, reason));
            }
        }
    }

    // An interface without [KvpService] may be the base of one with it.
    private static string? FindReason(IMethodSymbol method, string attribute)
    {
        if (method.ContainingType.TypeKind != TypeKind.Interface)
            return "callers see the contract alone; put it on the method of the interface";
        return attribute == "Idempotent"
            && method.Attribute("KvpRpc.KvpMethodAttribute")?.IsTrue("OneWay") is true
            ? "a one-way call has no answer whose loss could be seen, so it is never sent again"
            : null;
    }

    private static void AnalyzeType(SymbolAnalysisContext context)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        if (type.TypeKind is not (TypeKind.Class or TypeKind.Struct))
            return;
        IEnumerable<INamedTypeSymbol> contracts = type.AllInterfaces
            .Where(at => at.Attribute(ContractParser.ServiceAttribute) is not null)
            .SelectMany(at => at.AllInterfaces.Prepend(at))
            .Distinct<INamedTypeSymbol>(SymbolEqualityComparer.Default);
        foreach (IMethodSymbol method in contracts.SelectMany(at => at.GetMembers()).OfType<IMethodSymbol>())
        {
            if (type.FindImplementationForInterfaceMember(method) is IMethodSymbol
                { ExplicitInterfaceImplementations.Length: 0 } implementation
                && SymbolEqualityComparer.Default.Equals(implementation.ContainingType, type))
                Compare(context, method, implementation);
        }
    }

    private static void Compare(SymbolAnalysisContext context, IMethodSymbol method, IMethodSymbol implementation)
    {
        foreach ((IParameterSymbol contract, IParameterSymbol own) in
            method.Parameters.Zip(implementation.Parameters, (a, b) => (a, b)))
        {
            // One that has no default value here is only told so by the caller's compiler, never by a wrong value.
            if (!own.HasExplicitDefaultValue
                || (contract.HasExplicitDefaultValue
                    && Equals(contract.ExplicitDefaultValue, own.ExplicitDefaultValue)))
                continue;
            context.ReportDiagnostic(Diagnostic.Create(
                Diagnostics.Optional,
                own.Locations.FirstOrDefault(),
                implementation.Text(),
                own.Name,
                TextOf(own),
                contract.HasExplicitDefaultValue ? TextOf(contract) : "none"));
        }
    }

    private static string TextOf(IParameterSymbol parameter) => parameter.ExplicitDefaultValue is { } value
        ? SymbolDisplay.FormatPrimitive(value, quoteStrings: true, useHexadecimalNumbers: false) ?? "default"
        : "default";
}
