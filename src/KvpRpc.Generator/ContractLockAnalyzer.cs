using System.Collections.Concurrent;
using System.Collections.Immutable;
using KvpRpc.Generator.Lock;
using KvpRpc.Generator.Parser;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace KvpRpc.Generator;

/// <summary>Compares the contracts that an assembly declares with its checked-in <c>KvpContracts.txt</c>, if it has
/// that file among its additional files.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ContractLockAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
    [
        Diagnostics.LockMissing, Diagnostics.LockBreak, Diagnostics.LockRemoved, Diagnostics.LockOutdated,
        Diagnostics.LockMalformed,
    ];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(Start);
    }

    private static void Start(CompilationStartAnalysisContext context)
    {
        AdditionalText? file = context.Options.AdditionalFiles.FirstOrDefault(at =>
            Path.GetFileName(at.Path).Equals(LockFile.FileName, StringComparison.OrdinalIgnoreCase));
        if (file?.GetText(context.CancellationToken) is not { } text)
            return;
        var state = new State(file.Path, text);
        context.RegisterSymbolAction(state.Analyze, SymbolKind.NamedType);
        context.RegisterCompilationEndAction(state.End);
    }

    private sealed class State(string path, SourceText text)
    {
        private readonly LockFile _file = LockFile.Parse(text.ToString());
        private readonly ConcurrentDictionary<string, LockEntry> _entries = new();
        private readonly ConcurrentDictionary<string, bool> _services = new();
        private readonly ConcurrentDictionary<string, bool> _compared = new();
        private int _wrong;

        internal void Analyze(SymbolAnalysisContext context)
        {
            var contract = (INamedTypeSymbol)context.Symbol;
            if (contract.TypeKind != TypeKind.Interface
                || contract.Attribute(ContractParser.ServiceAttribute) is not { } service)
                return;
            _services.TryAdd(ContractParser.ServiceNameOf(contract, service), true);
            var places = new LockPlaces(contract);
            if (ContractParser.ParseWithPlaces(contract, context.Compilation, places, context.CancellationToken)
                is not { } model)
            {
                Interlocked.Exchange(ref _wrong, 1);
                return;
            }

            LockEntry[] entries = [LockBuilder.Service(model), .. LockBuilder.Types(model.Types).Values];
            foreach (LockEntry entry in entries)
                _entries.TryAdd(entry.Key, entry);
            var comparison = new LockComparison(_file, entries.ToDictionary(entry => entry.Key));

            // A type may be used by many contracts; its drift is one.
            foreach (LockEntry entry in entries.Where(entry => entry.IsService || _compared.TryAdd(entry.Key, true)))
            {
                foreach (Drift drift in comparison.Find(entry))
                    context.ReportDiagnostic(Create(drift, places.Find(entry, drift.Key)));
            }
        }

        internal void End(CompilationAnalysisContext context)
        {
            foreach ((int number, string reason) in _file.Problems)
            {
                context.ReportDiagnostic(
                    Diagnostic.Create(Diagnostics.LockMalformed, LineAt(number), LockFile.FileName, reason));
            }

            foreach (Drift drift in new LockComparison(_file, _entries).FindRest(_wrong == 0, _services.ContainsKey))
                context.ReportDiagnostic(Create(drift, LineAt(drift.Number)));
        }

        private static Diagnostic Create(Drift drift, Location? location) => Diagnostic.Create(
            drift.Descriptor, location, drift.Edit.ToProperties().ToImmutableDictionary(), [.. drift.Arguments]);

        private Location LineAt(int number)
        {
            TextLine line = text.Lines[number];
            return Location.Create(path, line.Span, text.Lines.GetLinePositionSpan(line.Span));
        }
    }
}
