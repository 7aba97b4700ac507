using System.Collections.Immutable;
using KvpRpc.Generator.CodeFixes;
using KvpRpc.Generator.Lock;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace KvpRpc.Generator.Tests;

/// <summary>The code fix that keeps the lock file.</summary>
public sealed class LockFixTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_missing_line_is_added()
    {
        string file = LockTests.File.Replace("  2: Contoso.Level Level\n", "", StringComparison.Ordinal);

        Assert.Equal(Ordered(LockTests.File), await FixAsync(Open(LockTests.Source, file), "KVPRPC0020"));
    }

    [Fact]
    public async Task A_removed_method_is_retired()
    {
        string source = LockTests.Source.Replace("LogAsync", "WriteAsync", StringComparison.Ordinal)
            .Replace("Id = \"log\", ", "", StringComparison.Ordinal);
        string file = await FixAsync(Open(source, LockTests.File), "KVPRPC0022");

        Assert.Contains("\n  *RETIRED* log(texts: ", file, StringComparison.Ordinal);
        Assert.DoesNotContain("Write", file, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_break_that_was_meant_is_taken()
    {
        string source = LockTests.Source.Replace("Key(2)] Level", "Key(2)] int", StringComparison.Ordinal);

        Assert.Contains(
            "\n  2: int Level\n", await FixAsync(Open(source, LockTests.File), "KVPRPC0021"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Line_ends_stay_as_they_are()
    {
        string file = Ordered(LockTests.File).Replace("  2: Contoso.Level Level\n", "", StringComparison.Ordinal)
            .ReplaceLineEndings("\r\n");

        Assert.Equal(
            Ordered(LockTests.File).ReplaceLineEndings("\r\n"),
            await FixAsync(Open(LockTests.Source, file), "KVPRPC0020"));
    }

    [Fact]
    public async Task A_file_with_a_line_that_cannot_be_read_is_left_alone()
    {
        const string Broken = "array A\n  what is this\n";

        Assert.Equal(Broken, await FixAsync(Open(LockTests.Source, Broken), "KVPRPC0020"));
    }

    [Fact]
    public async Task A_project_without_the_file_is_offered_nothing()
    {
        Project project = Open(LockTests.Source, null);
        Diagnostic diagnostic = (await Analyzed.LockAsync(LockTests.Source, ""))[0];

        Assert.Empty(await ActionsAsync(project, diagnostic));
    }

    [Theory]
    [InlineData(FixAllScope.Project)]
    [InlineData(FixAllScope.Solution)]
    [InlineData(FixAllScope.Document)]
    public async Task All_missing_entries_are_added_at_once(FixAllScope scope)
    {
        Project project = Open(LockTests.Source, "");
        Document document = project.Documents.Single(at => at.Name == "Source.cs");
        var context = new FixAllContext(
            document, new LockFix(), scope, "KVPRPC0020", ["KVPRPC0020"], new Found(), Token);
        CodeAction? action = await new LockFix().GetFixAllProvider().GetFixAsync(context);

        Assert.NotNull(action);
        Assert.Equal(Ordered(LockTests.File)[17..], await ApplyAsync(action, project.Id));
    }

    private static string Ordered(string file) => LockFile.Parse(file).ToString();

    private static Project Open(string source, string? file)
    {
        var workspace = new AdhocWorkspace();
        Compilation compilation = Driven.Compile("Test", source);
        Project project = workspace
            .AddProject(ProjectInfo.Create(
                ProjectId.CreateNewId(),
                VersionStamp.Default,
                "Test",
                "Test",
                LanguageNames.CSharp,
                compilationOptions: compilation.Options,
                parseOptions: Driven.ParseOptions,
                metadataReferences: compilation.References));
        foreach (SyntaxTree tree in compilation.SyntaxTrees)
            project = project.AddDocument(tree.FilePath, tree.GetText(Token)).Project;
        return file is null
            ? project
            : project.AddAdditionalDocument(LockFile.FileName, SourceText.From(file), filePath: "/p/KvpContracts.txt")
                .Project;
    }

    private static async Task<string> FixAsync(Project project, string id)
    {
        Diagnostic diagnostic = (await Found.InAsync(project)).First(at => at.Id == id);
        CodeAction action = Assert.Single(await ActionsAsync(project, diagnostic));
        return await ApplyAsync(action, project.Id);
    }

    private static async Task<IReadOnlyList<CodeAction>> ActionsAsync(Project project, Diagnostic diagnostic)
    {
        List<CodeAction> actions = [];
        TextDocument document = diagnostic.Location.SourceTree is null
            ? project.AdditionalDocuments.Single()
            : project.Documents.Single(at => at.Name == "Source.cs");
        await new LockFix().RegisterCodeFixesAsync(new CodeFixContext(
            document, diagnostic.Location.SourceSpan, [diagnostic], (action, _) => actions.Add(action), Token));
        return actions;
    }

    private static async Task<string> ApplyAsync(CodeAction action, ProjectId project)
    {
        ApplyChangesOperation change =
            (await action.GetOperationsAsync(Token)).OfType<ApplyChangesOperation>().Single();
        TextDocument document = change.ChangedSolution.GetProject(project)!.AdditionalDocuments.Single();
        return (await document.GetTextAsync(Token)).ToString();
    }

    private sealed class Found : FixAllContext.DiagnosticProvider
    {
        internal static async Task<ImmutableArray<Diagnostic>> InAsync(Project project) =>
            await (await project.GetCompilationAsync(Token))!
                .WithAnalyzers([new ContractLockAnalyzer()], project.AnalyzerOptions)
                .GetAnalyzerDiagnosticsAsync(Token);

        public override async Task<IEnumerable<Diagnostic>> GetAllDiagnosticsAsync(
            Project project, CancellationToken cancellationToken) => await InAsync(project);

        public override async Task<IEnumerable<Diagnostic>> GetDocumentDiagnosticsAsync(
            Document document, CancellationToken cancellationToken)
        {
            SyntaxTree? tree = await document.GetSyntaxTreeAsync(cancellationToken);
            return (await InAsync(document.Project)).Where(diagnostic => diagnostic.Location.SourceTree == tree);
        }

        public override async Task<IEnumerable<Diagnostic>> GetProjectDiagnosticsAsync(
            Project project, CancellationToken cancellationToken) =>
            (await InAsync(project)).Where(diagnostic => diagnostic.Location.SourceTree is null);
    }
}
