using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace KvpRpc.Generator.Tests;

/// <summary>Runs the analyzers on source text.</summary>
internal static class Analyzed
{
    /// <summary>Compares contracts with a lock file; null for none.</summary>
    internal static Task<ImmutableArray<Diagnostic>> LockAsync(string source, string? file) =>
        RunAsync(source, new ContractLockAnalyzer(), file);

    internal static async Task<ImmutableArray<Diagnostic>> RunAsync(
        string source, DiagnosticAnalyzer analyzer, string? file = null)
    {
        Compilation compilation = Driven.Compile("Test", source);
        Assert.Empty(compilation.GetDiagnostics(TestContext.Current.CancellationToken)
            .Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error));
        AnalyzerOptions options = new(file is null ? [] : [new Text(file)]);
        ImmutableArray<Diagnostic> diagnostics = await compilation
            .WithAnalyzers([analyzer], options)
            .GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken);
        return [.. diagnostics.OrderBy(diagnostic => diagnostic.Id).ThenBy(diagnostic => diagnostic.ToString())];
    }

    private sealed class Text(string text) : AdditionalText
    {
        public override string Path => "/project/KvpContracts.txt";

        public override SourceText GetText(CancellationToken cancellationToken = default) => SourceText.From(text);
    }
}
