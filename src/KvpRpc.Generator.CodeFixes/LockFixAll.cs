using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;

namespace KvpRpc.Generator.CodeFixes;

/// <summary>Takes all drift of one kind out of the lock files at once, each rewritten once.</summary>
internal sealed class LockFixAll : FixAllProvider
{
    internal static readonly LockFixAll Instance = new();

    public override IEnumerable<FixAllScope> GetSupportedFixAllScopes() =>
        [FixAllScope.Document, FixAllScope.Project, FixAllScope.Solution];

    public override Task<CodeAction?> GetFixAsync(FixAllContext fixAllContext) => Task.FromResult<CodeAction?>(
        CodeAction.Create(
            LockFix.TitleOf(fixAllContext.CodeActionEquivalenceKey ?? ""),
            cancellationToken => FixAsync(fixAllContext, cancellationToken),
            fixAllContext.CodeActionEquivalenceKey));

    private static async Task<Solution> FixAsync(FixAllContext context, CancellationToken cancellationToken)
    {
        Solution solution = context.Solution;
        IEnumerable<Project> projects = context.Scope == FixAllScope.Solution ? solution.Projects : [context.Project];
        foreach (ProjectId id in projects.Select(project => project.Id).ToArray())
        {
            // Of the original project: the positions of the diagnostics are in its files.
            IEnumerable<Diagnostic> diagnostics =
                context.Scope == FixAllScope.Document && context.Document is { } document
                    ? await context.GetDocumentDiagnosticsAsync(document).ConfigureAwait(false)
                    : await context.GetAllDiagnosticsAsync(context.Solution.GetProject(id)!).ConfigureAwait(false);
            solution = await LockFix.ApplyAsync(solution.GetProject(id)!, diagnostics, cancellationToken)
                .ConfigureAwait(false);
        }

        return solution;
    }
}
