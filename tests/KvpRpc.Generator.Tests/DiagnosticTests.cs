using System.Globalization;
using Microsoft.CodeAnalysis;

namespace KvpRpc.Generator.Tests;

public sealed class DiagnosticTests
{
    [Theory]
    [InlineData("Task M<T>(T value);", "KVPRPC0003", "M<T>")]
    [InlineData("int M();", "KVPRPC0004", "M()")]
    [InlineData("object M();", "KVPRPC0004", "M()")]
    [InlineData("ref Task M();", "KVPRPC0004", "M()")]
    [InlineData("void M();", "KVPRPC0005", "M()")]
    [InlineData("int Size { get; }", "KVPRPC0006", "Size")]
    [InlineData("event Action Changed;", "KVPRPC0006", "Changed")]
    [InlineData("int this[int index] { get; }", "KVPRPC0006", "this")]
    [InlineData("static abstract Task M();", "KVPRPC0006", "M()")]
    [InlineData("Task M(CancellationToken token, int value);", "KVPRPC0007", "M(")]
    [InlineData("Task M(int value, CancellationToken one, CancellationToken two);", "KVPRPC0008", "M(")]
    [InlineData("Task M(ref int value);", "KVPRPC0009", "'value'")]
    [InlineData("Task M(out int value);", "KVPRPC0009", "'value'")]
    [InlineData("Task M(in int value);", "KVPRPC0009", "'value'")]
    [InlineData("Task M(); Task MAsync();", "KVPRPC0010", "'M'")]
    [InlineData("Task M(int value); Task M(string value);", "KVPRPC0010", "'M'")]
    [InlineData("[KvpMethod(Id = \"N\")] Task M(); Task N();", "KVPRPC0010", "'N'")]
    [InlineData("Task M(object value);", "KVPRPC0011", "'object'")]
    [InlineData("Task<Action> M();", "KVPRPC0011", "'System.Action'")]
    [InlineData("Task M(List<Dictionary<string, IDisposable>> value);", "KVPRPC0011", "'System.IDisposable'")]
    [InlineData("Task M(int[,] value);", "KVPRPC0011", "'int[,]'")]
    [InlineData("Task M(Span<byte> value);", "KVPRPC0011", "stack")]
    [InlineData("Task M(Dictionary<Version, int> value);", "KVPRPC0011", "keys")]
    [InlineData("Task M(HashSet<int[]> value);", "KVPRPC0011", "keys")]
    [InlineData("Task M(List<IAsyncEnumerable<int>> values);", "KVPRPC0011", "not a part of a value")]
    [InlineData("Task M(IProgress<IProgress<int>> progress);", "KVPRPC0011", "not a part of a value")]
    [InlineData("Task M(IAsyncEnumerable<object> values);", "KVPRPC0011", "'object'")]
    [InlineData("Task M(IProgress<object> progress);", "KVPRPC0011", "'object'")]
    [InlineData("IAsyncEnumerable<object> M();", "KVPRPC0011", "'object'")]
    [InlineData("[KvpMethod(OneWay = true)] Task<int> M();", "KVPRPC0013", "Task<int>")]
    [InlineData("[KvpMethod(OneWay = true)] ValueTask<int> M();", "KVPRPC0013", "ValueTask<int>")]
    [InlineData("[KvpMethod(OneWay = true)] IAsyncEnumerable<int> M();", "KVPRPC0013", "IAsyncEnumerable<int>")]
    [InlineData("IProgress<int> M();", "KVPRPC0004", "IProgress<int>")]
    [InlineData("Task<IAsyncEnumerable<int>> M();", "KVPRPC0015", "return IAsyncEnumerable<T> itself")]
    [InlineData("IAsyncEnumerable<IAsyncEnumerable<int>> M();", "KVPRPC0015", "IAsyncEnumerable<int>")]
    [InlineData("Task<IProgress<int>> M();", "KVPRPC0015", "IProgress<int>")]
    [InlineData("[KvpMethod(OneWay = true)] Task M(IAsyncEnumerable<int> a);", "KVPRPC0015", "one-way")]
    [InlineData("[KvpMethod(OneWay = true)] Task M(IProgress<int> a);", "KVPRPC0015", "one-way")]
    [InlineData("[KvpMethod(Id = \"\")] Task M();", "KVPRPC0016", "empty")]
    [InlineData("[KvpMethod(Id = \"a b\")] Task M();", "KVPRPC0016", "'a b'")]
    [InlineData("[KvpMethod(Id = \"a\\n\")] Task M();", "KVPRPC0016", "blank")]
    [InlineData("[KvpMethod(Id = \"a/b\")] Task M();", "KVPRPC0016", "slash")]
    [InlineData("[KvpMethod(Id = \"a()\")] Task M();", "KVPRPC0016", "bracket")]
    public void A_member_that_cannot_be_called_is_an_error_there(string member, string id, string text)
    {
        Diagnostic diagnostic = Assert.Single(Driven.Diagnose(member));

        Assert.Equal(id, diagnostic.Id);
        Assert.Equal(DiagnosticSeverity.Error, diagnostic.Severity);
        Assert.Contains(text, diagnostic.GetMessage(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        Assert.Equal("Source.cs", diagnostic.Location.GetLineSpan().Path);
        Assert.Equal(6, diagnostic.Location.GetLineSpan().StartLinePosition.Line);
    }

    [Theory]
    [InlineData("public class Data { public int A { get; set; } }", "neither")]
    [InlineData("[O] public class Data { public int A { get; set; } }", "'A' has neither [Key]")]
    [InlineData("[O] public class Data { [Key(0)] public int A; [Key(0)] public int B; }", "'B' has the key")]
    [InlineData("[O] public class Data { [Key(0)] public int A; [Key(\"b\")] public int B; }", "some are names")]
    [InlineData("[O] public class Data { [Key(-1)] public int A; }", "negative")]
    [InlineData("[O] public class Data { private Data() { } }", "constructor")]
    [InlineData("[O] public class Data(string a) { [Key(0)] public int A => a.Length; }", "constructor")]
    [InlineData("[O] public abstract class Data;", "abstract")]
    [InlineData(
        "[Union(0, typeof(A))] [Union(0, typeof(B))] public interface Data; [O] public class A : Data; "
        + "[O] public class B : Data;", "twice")]
    [InlineData("[Union(0, typeof(A))] public interface Data; [O] public class A;", "derive")]
    [InlineData("[MessagePackFormatter(typeof(int))] public class Data;", "formatter")]
    [InlineData("[O] public class Data { [Key(0)] public Inner A; } public class Inner;", "'Test.Inner'")]
    [InlineData(
        "[O] public class Data { [Key(0)] public L<L<int>> A; } "
        + "[O] public class L<T> { [Key(0)] public L<L<T>> Next; }", "without end")]
    public void A_type_that_cannot_cross_is_an_error_at_each_member_that_uses_it(string type, string reason)
    {
        var diagnostics = Driven.Diagnose(
            "Task M(Data value); Task<Data[]> N();",
            type.Replace("[O]", "[MessagePackObject]", StringComparison.Ordinal));

        Assert.True(diagnostics.Length >= 2);
        Assert.All(diagnostics, diagnostic => Assert.Equal("KVPRPC0011", diagnostic.Id));
        Assert.Contains(diagnostics, at => Message(at).Contains("N()", StringComparison.Ordinal));
        Assert.Contains(diagnostics, at => Message(at).Contains(".M(", StringComparison.Ordinal));
        Assert.All(diagnostics, at => Assert.Contains(reason, Message(at), StringComparison.Ordinal));
    }

    [Fact]
    public void A_generic_contract_is_an_error()
    {
        GeneratorRunResult result = Driven.Run(Driven.Compile("Test", """
            [assembly: KvpContract(typeof(IContract<int>))]
            [KvpService] public interface IContract<T> { Task M(); }
            """));

        Assert.Equal("KVPRPC0002", Assert.Single(result.Diagnostics).Id);
        Assert.Empty(result.GeneratedSources);
    }

    [Theory]
    [InlineData("private interface IContract", "")]
    [InlineData("public interface IContract", "private static class Inner")]
    public void A_contract_that_generated_code_cannot_name_is_an_error(string contract, string outer)
    {
        string nested = $"[KvpService] {contract} {{ Task M(); }}";
        string name = outer.Length == 0 ? "IContract" : "Inner.IContract";
        GeneratorRunResult result = Driven.Run(Driven.Compile("Test", $$"""
            public static class Uses
            {
                {{(outer.Length == 0 ? nested : $"{outer} {{ {nested} }}")}}
                public static void Take<[KvpContract] T>() { }
                public static void Use() => Take<{{name}}>();
            }
            """));

        Assert.Equal("KVPRPC0001", Assert.Single(result.Diagnostics).Id);
        Assert.Empty(result.GeneratedSources);
    }

    [Fact]
    public void A_contract_local_to_a_file_is_an_error()
    {
        GeneratorRunResult result = Driven.Run(Driven.Compile(
            "Test", "[assembly: KvpContract(typeof(IContract))] [KvpService] file interface IContract { Task M(); }"));

        Assert.Equal("KVPRPC0001", Assert.Single(result.Diagnostics).Id);
    }

    [Theory]
    [InlineData("public interface IContract { Task M(); }")]
    [InlineData("public sealed class IContract;")]
    public void A_type_that_is_no_contract_is_an_error_where_it_is_used_as_one(string type)
    {
        GeneratorRunResult result = Driven.Run(Driven.Compile("Test", $$"""
            {{type}}
            public static class Uses
            {
                public static void Take<[KvpContract] T>() { }
                public static void Use() => Take<IContract>();
            }
            """));

        Diagnostic diagnostic = Assert.Single(result.Diagnostics);
        Assert.Equal("KVPRPC0014", diagnostic.Id);
        Assert.Equal(4, diagnostic.Location.GetLineSpan().StartLinePosition.Line);
    }

    [Fact]
    public void A_contract_that_nothing_uses_is_checked_but_has_no_code()
    {
        GeneratorRunResult result = Driven.Run(
            Driven.Compile("Test", "[KvpService] public interface IContract { void M(); }"));

        Assert.Equal("KVPRPC0005", Assert.Single(result.Diagnostics).Id);
        Assert.Empty(result.GeneratedSources);
    }

    [Fact]
    public void A_problem_in_another_assembly_is_shown_where_the_contract_is_used()
    {
        MetadataReference contracts = Driven.Compile(
            "Contracts", "[KvpService] public interface IContract { Task M(object value); }").ToReference();
        GeneratorRunResult result = Driven.Run(Driven.Compile(
            "Test", "\n\n[assembly: KvpContract(typeof(IContract))]", contracts));

        Diagnostic diagnostic = Assert.Single(result.Diagnostics);
        Assert.Equal("KVPRPC0011", diagnostic.Id);
        Assert.Equal(2, diagnostic.Location.GetLineSpan().StartLinePosition.Line);
    }

    [Fact]
    public void Every_diagnostic_is_listed_in_the_release_notes()
    {
        string notes = File.ReadAllText(Path.Combine(
            Sources.Root, "src", "KvpRpc.Generator", "AnalyzerReleases.Unshipped.md"));

        Assert.All(Diagnostics.ById.Keys, id => Assert.Contains(id, notes, StringComparison.Ordinal));
    }

    private static string Message(Diagnostic diagnostic) => diagnostic.GetMessage(CultureInfo.InvariantCulture);
}
