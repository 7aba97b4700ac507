using System.Collections.Immutable;
using System.Globalization;
using KvpRpc.Generator.Lock;
using Microsoft.CodeAnalysis;

namespace KvpRpc.Generator.Tests;

/// <summary>Contracts against the lock file.</summary>
public sealed class LockTests
{
    internal const string Source = """
        namespace Contoso;
        [KvpService(Name = "contoso.patching")]
        public interface IPatching
        {
            [Idempotent] Task<Report> InstallAsync(Request request, string reason = "x", CancellationToken t = default);
            IAsyncEnumerable<Step?> WatchAsync(IAsyncEnumerable<int> ids, IProgress<double> done);
            [KvpMethod(Id = "log", OneWay = true)] Task LogAsync(Dictionary<string, (int, long?)> texts);
        }
        [MessagePackObject]
        public sealed record Request([property: Key(0)] string Name, [property: Key(2)] Level Level);
        [MessagePackObject(true)] public sealed class Report
        {
            public List<Step> Steps { get; set; } = [];
            public byte[]? Data { get; set; }
        }
        [Union(0, typeof(Start))] [Union(3, typeof(Stop))] public abstract class Step;
        [MessagePackObject] public sealed class Start : Step { [Key(0)] public Guid Id { get; set; } }
        [MessagePackObject] public sealed class Stop : Step;
        public enum Level : sbyte { Low = -1, Normal, High, Top = High }
        """;

    internal const string File = """
        # What crosses.

        service contoso.patching
          Install(request: Contoso.Request, optional reason: string) -> Contoso.Report idempotent
          Watch(ids: stream int, done: progress double) -> stream Contoso.Step
          log(texts: {string: (int, long?)}) -> none

        enum Contoso.Level
          -1: Low
          0: Normal
          1: High, Top

        map Contoso.Report
          Data: bytes
          Steps: [Contoso.Step]

        array Contoso.Request
          0: string Name
          2: Contoso.Level Level

        array Contoso.Start
          0: System.Guid Id

        union Contoso.Step
          0: Contoso.Start
          3: Contoso.Stop

        array Contoso.Stop

        """;

    [Fact]
    public async Task A_file_that_says_what_the_contracts_say_is_in_order() =>
        Assert.Empty(await Analyzed.LockAsync(Source, File));

    [Fact]
    public async Task Without_a_file_nothing_is_compared() => Assert.Empty(await Analyzed.LockAsync(Source, null));

    [Fact]
    public async Task An_empty_file_lacks_every_entry()
    {
        ImmutableArray<Diagnostic> found = await Analyzed.LockAsync(Source, "");

        Assert.Equal(7, found.Length);
        Assert.All(found, diagnostic => Assert.Equal("KVPRPC0020", diagnostic.Id));
        Assert.Equal(LockFile.Parse(File).ToString()[17..], Apply("", found));
    }

    [Theory]
    [InlineData("Task LogAsync", "Task<int> NewAsync(int a); [KvpMethod(Id = \"log\", OneWay = true)] Task LogAsync",
        "New")]
    [InlineData("public byte[]? Data", "public int More { get; set; } public byte[]? Data", "More")]
    [InlineData("Level Level)", "Level Level, [property: Key(3)] int C)", "3")]
    [InlineData("High, Top", "High, More, Top", "2")]
    public async Task What_was_added_is_missing_and_breaks_nobody(string old, string with, string name)
    {
        string source = Source.Replace(
            "[KvpMethod(Id = \"log\", OneWay = true)] " + old, old, StringComparison.Ordinal);
        Diagnostic found = Assert.Single(
            await Analyzed.LockAsync(source.Replace(old, with, StringComparison.Ordinal), File));

        Assert.Equal("KVPRPC0020", found.Id);
        Assert.Contains(name, Message(found), StringComparison.Ordinal);
        Assert.Equal("Source.cs", found.Location.GetLineSpan().Path);
        Assert.Contains(name, Apply(File, [found]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("string reason = \"x\"", "string reason", "'reason' was optional")]
    [InlineData("string reason = \"x\"", "int reason = 1", "'reason' is 'int'")]
    [InlineData("Request request, string reason = \"x\"", "string request, Request reason", "'request' is 'string'")]
    [InlineData("Request request,", "Request request, int more,", "'more' is 'int'")]
    [InlineData("Request request, string", "string", "'reason' is 'string'")]
    [InlineData("(int, long?)> texts", "(int, long?)> texts, int more", "'more' has no default value")]
    [InlineData("Dictionary<string, (int, long?)> texts", "", "'texts' is gone")]
    [InlineData("(int, long?)", "(int, long)", "'{string: (int, long)}'")]
    [InlineData("Task<Report> Install", "Task<Step> Install", "its result was 'Contoso.Report'")]
    [InlineData("Task<Report> Install", "Task Install", "is 'nil'")]
    [InlineData("[Idempotent] ", "", "idempotent")]
    [InlineData("IAsyncEnumerable<Step?> Watch", "Task<Step> Watch", "'stream Contoso.Step'")]
    [InlineData("IAsyncEnumerable<int> ids", "IAsyncEnumerable<long> ids", "'stream long'")]
    [InlineData("IAsyncEnumerable<int> ids", "int ids", "streams")]
    [InlineData("IProgress<double>", "IProgress<float>", "'progress float'")]
    [InlineData(", OneWay = true", "", "its result was 'none'")]
    [InlineData("Key(2)] Level Level", "Key(2)] int Level", "it was 'Contoso.Level'")]
    [InlineData("List<Step> Steps", "Step[][] Steps", "'[[Contoso.Step]]'")]
    [InlineData("byte[]? Data", "List<byte> Data", "'[byte]'")]
    [InlineData("Union(3, typeof(Stop))", "Union(3, typeof(Other))", "'Contoso.Other'")]
    [InlineData("[MessagePackObject(true)] public sealed class", "[MessagePackObject] public sealed class",
        "crossed as map")]
    public async Task What_changed_breaks_peers(string old, string with, string reason)
    {
        string source = Source.Replace(old, with, StringComparison.Ordinal)
            + "[MessagePackObject] public sealed class Other : Step { [Key(0)] public int No { get; set; } }";
        if (reason.Contains("map", StringComparison.Ordinal))
        {
            source = source.Replace("public List<Step>", "[Key(0)] public List<Step>", StringComparison.Ordinal)
                .Replace("public byte[]?", "[Key(1)] public byte[]?", StringComparison.Ordinal);
        }

        ImmutableArray<Diagnostic> found = await Analyzed.LockAsync(source, File);
        Diagnostic[] breaks = [.. found.Where(diagnostic => diagnostic.Id == "KVPRPC0021")];
        Assert.Contains(reason, Message(Assert.Single(breaks)), StringComparison.Ordinal);
        Assert.Equal(DiagnosticSeverity.Error, breaks[0].Severity);
        Assert.Equal("Source.cs", breaks[0].Location.GetLineSpan().Path);
        Assert.Empty(await Analyzed.LockAsync(source, Apply(File, found)));
    }

    [Theory]
    [InlineData("IAsyncEnumerable<Step?> WatchAsync(IAsyncEnumerable<int> ids, IProgress<double> done);", "",
        "contoso.patching/Watch", "  *RETIRED* Watch(ids")]
    [InlineData("WatchAsync", "LookAsync", "contoso.patching/Watch", "  *RETIRED* Watch(ids")]
    [InlineData("public byte[]? Data { get; set; }", "", "Data", "  *RETIRED* Data: bytes")]
    [InlineData("[Key(0)] public Guid Id { get; set; }", "", "0", "  *RETIRED* 0: System.Guid Id")]
    [InlineData("[Union(3, typeof(Stop))]", "", "3", "  *RETIRED* 3: Contoso.Stop")]
    [InlineData("Low = -1, ", "", "-1", "  *RETIRED* -1: Low")]
    [InlineData("Name = \"contoso.patching\"", "Name = \"contoso.other\"", "contoso.patching",
        "*RETIRED* service contoso.patching")]
    public async Task What_was_removed_must_be_retired(string old, string with, string name, string retired)
    {
        string source = Source.Replace(old, with, StringComparison.Ordinal);
        ImmutableArray<Diagnostic> found = await Analyzed.LockAsync(source, File);
        Diagnostic removed = Assert.Single(found, diagnostic => diagnostic.Id == "KVPRPC0022");

        Assert.Contains(name, Message(removed), StringComparison.Ordinal);
        Assert.Equal("/project/KvpContracts.txt", removed.Location.GetLineSpan().Path);
        string line = retired.Replace("*RETIRED* ", "", StringComparison.Ordinal);
        Assert.StartsWith(
            line, File.Split('\n')[removed.Location.GetLineSpan().StartLinePosition.Line], StringComparison.Ordinal);
        string updated = Apply(File, found);
        Assert.Contains("\n" + retired, updated, StringComparison.Ordinal);
        Assert.Empty(await Analyzed.LockAsync(source, updated));
    }

    [Theory]
    [InlineData("string reason = \"x\"", "string text = \"y\"", "Install(request: Contoso.Request, optional text")]
    [InlineData("string Name,", "string Title,", "0: string Title")]
    [InlineData("Normal", "Usual", "0: Usual")]
    [InlineData("string reason = \"x\", ", "", "Install(request: Contoso.Request) ->")]
    [InlineData(", IProgress<double> done", "", "Watch(ids: stream int) ->")]
    [InlineData("Dictionary<string, (int, long?)> texts", "Dictionary<string, (int, long?)> texts, int more = 1",
        "optional more: int")]
    [InlineData("Request", "Order", "Install(request: Contoso.Order, optional")]
    public async Task What_breaks_nobody_is_out_of_date(string old, string with, string line)
    {
        string source = Source.Replace(old, with, StringComparison.Ordinal);
        ImmutableArray<Diagnostic> found = await Analyzed.LockAsync(source, File);

        Assert.NotEmpty(found);
        Assert.All(found, diagnostic => Assert.Equal(DiagnosticSeverity.Warning, diagnostic.Severity));
        Assert.Contains(found, diagnostic => diagnostic.Id == "KVPRPC0023");
        string updated = Apply(File, found);
        Assert.Contains(line, updated, StringComparison.Ordinal);
        Assert.Empty(await Analyzed.LockAsync(source, updated));
    }

    [Fact]
    public async Task A_retired_key_may_not_come_back_with_another_meaning()
    {
        string file = File.Replace("  2: Contoso.Level Level", "  *RETIRED* 2: string Old", StringComparison.Ordinal);
        Diagnostic found = Assert.Single(await Analyzed.LockAsync(Source, file));

        Assert.Equal("KVPRPC0021", found.Id);
        Assert.Contains("retired", Message(found), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_retired_line_may_come_back_as_it_was()
    {
        string file = File.Replace("  2: Contoso.Level", "  *RETIRED* 2: Contoso.Level", StringComparison.Ordinal)
            .Replace("service contoso", "*RETIRED* service contoso", StringComparison.Ordinal);
        ImmutableArray<Diagnostic> found = await Analyzed.LockAsync(Source, file);

        Assert.Equal(["KVPRPC0020", "KVPRPC0020"], found.Select(diagnostic => diagnostic.Id));
        Assert.Equal(LockFile.Parse(File).ToString(), Apply(file, found));
    }

    [Theory]
    [InlineData("table a", 0)]
    [InlineData("service", 0)]
    [InlineData("  0: int A", 0)]
    [InlineData("array A\n  0 int A", 1)]
    [InlineData("array A\n  0: int A\n  0: int B", 2)]
    [InlineData("array A\n\narray A", 2)]
    [InlineData("service a\n  M", 1)]
    [InlineData("service a\n  M(int) -> nil", 1)]
    [InlineData("map A\n  \"a: int", 1)]
    public async Task A_line_that_cannot_be_read_is_an_error_there(string file, int line)
    {
        ImmutableArray<Diagnostic> found = await Analyzed.LockAsync("", file);
        Diagnostic malformed = Assert.Single(found, diagnostic => diagnostic.Id == "KVPRPC0024");

        Assert.Equal(line, malformed.Location.GetLineSpan().StartLinePosition.Line);
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("a b: c")]
    [InlineData("quote \" and \\ and \n")]
    [InlineData("")]
    public void A_key_of_any_text_is_read_as_it_was_written(string key)
    {
        Assert.True(LockText.TryRead($"{LockText.Quote(key)}: [int]", out string read, out string text));
        Assert.Equal((key, "[int]"), (read, text));
    }

    [Fact]
    public void Comments_stay_where_they_were()
    {
        const string Commented =
            "# About the file.\n\n# About a.\nservice a\n  # About M.\n  M() -> nil\n\n# The end.\n";

        Assert.Equal(Commented, LockFile.Parse(Commented).ToString());
    }

    [Fact]
    public async Task A_contract_with_errors_is_not_taken_for_removed()
    {
        string source = Source.Replace("Task LogAsync", "void LogAsync", StringComparison.Ordinal);

        Assert.Empty(await Analyzed.LockAsync(source, File));
    }

    internal static string Apply(string file, IEnumerable<Diagnostic> diagnostics)
    {
        LockFile read = LockFile.Parse(file);
        foreach (Diagnostic diagnostic in diagnostics)
            LockEdit.FromProperties(diagnostic.Properties)!.ApplyTo(read);
        return read.ToString();
    }

    private static string Message(Diagnostic diagnostic) => diagnostic.GetMessage(CultureInfo.InvariantCulture);
}
