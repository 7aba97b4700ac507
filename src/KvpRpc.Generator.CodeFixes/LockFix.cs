using System.Collections.Immutable;
using System.Composition;
using KvpRpc.Generator.Lock;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Text;

namespace KvpRpc.Generator.CodeFixes;

/// <summary>Brings <c>KvpContracts.txt</c> up to the contracts: adds what is missing, retires what is gone, and, where
/// that was meant, takes a change.</summary>
[Shared]
[ExportCodeFixProvider(
    LanguageNames.CSharp,
    Name = nameof(LockFix),
    DocumentKinds = [nameof(TextDocumentKind.Document), nameof(TextDocumentKind.AdditionalDocument)],
    DocumentExtensions = [".cs", ".txt"])]
public sealed class LockFix : CodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } =
        ["KVPRPC0020", "KVPRPC0021", "KVPRPC0022", "KVPRPC0023"];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => LockFixAll.Instance;

    /// <inheritdoc/>
    public override Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        Project project = context.TextDocument.Project;
        foreach (Diagnostic diagnostic in context.Diagnostics)
        {
            if (Find(project) is not null && LockEdit.FromProperties(diagnostic.Properties) is not null)
            {
                context.RegisterCodeFix(
                    CodeAction.Create(
                        TitleOf(diagnostic.Id),
                        cancellationToken => ApplyAsync(project, [diagnostic], cancellationToken),
                        equivalenceKey: diagnostic.Id),
                    diagnostic);
            }
        }

        return Task.CompletedTask;
    }

    internal static string TitleOf(string id) => id switch
    {
        "KVPRPC0020" => $"Add to {LockFile.FileName}",
        "KVPRPC0021" => $"Accept the break in {LockFile.FileName}",
        "KVPRPC0022" => $"Retire in {LockFile.FileName}",
        _ => $"Update {LockFile.FileName}",
    };

    /// <summary>Takes the drift of some diagnostics out of a project's lock file.</summary>
    internal static async Task<Solution> ApplyAsync(
        Project project, IEnumerable<Diagnostic> diagnostics, CancellationToken cancellationToken)
    {
        if (Find(project) is not { } document)
            return project.Solution;
        SourceText text = await document.GetTextAsync(cancellationToken).ConfigureAwait(false);
        string before = text.ToString();
        LockFile file = LockFile.Parse(before);

        // What cannot be read would be lost.
        if (file.Problems.Count > 0)
            return project.Solution;
        foreach (Diagnostic diagnostic in diagnostics)
            LockEdit.FromProperties(diagnostic.Properties)?.ApplyTo(file);
        string after = file.ToString();
        if (before.Contains("\r\n"))
            after = after.Replace("\n", "\r\n");
        return project.Solution.WithAdditionalDocumentText(document.Id, SourceText.From(after, text.Encoding));
    }

    private static TextDocument? Find(Project project) => project.AdditionalDocuments.FirstOrDefault(document =>
        document.Name.Equals(LockFile.FileName, StringComparison.OrdinalIgnoreCase));
}
