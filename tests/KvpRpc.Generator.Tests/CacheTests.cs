using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace KvpRpc.Generator.Tests;

public sealed class CacheTests
{
    private const string Source = """
        [assembly: KvpContract(typeof(INamed))]
        [KvpService] public interface INamed { Task<Data> M(Data value, List<int?> list); }
        [KvpService] public interface IUsed { Task M(IDictionary<string, Data[]> value); }
        [KvpService] public interface IWrong { void M(); }
        [MessagePackObject] public sealed record Data([property: Key(0)] int A);
        public static class Uses
        {
            public static void Take<[KvpContract] T>() { }
            public static void Use() => Take<IUsed>();
        }
        """;

    [Theory]
    [InlineData("public static class Unrelated { public static int Number => 2; }")]
    [InlineData("public static class Unrelated { public static List<int> New() => new List<int>(Enumerable()); "
        + "static IEnumerable<int> Enumerable() => []; }")]
    public void An_unrelated_edit_leaves_every_step_cached(string edited)
    {
        SyntaxTree before = Driven.Parse(
            "public static class Unrelated { public static int Number => 1; }", "Unrelated.cs");
        CSharpCompilation compilation = Driven.Compile("Test", Source).AddSyntaxTrees(before);
        GeneratorDriver driver = Driven.Driver().RunGenerators(compilation, TestContext.Current.CancellationToken);
        GeneratorRunResult first = driver.GetRunResult().Results.Single();
        driver = driver.RunGenerators(
            compilation.ReplaceSyntaxTree(before, Driven.Parse(edited, "Unrelated.cs")),
            TestContext.Current.CancellationToken);
        GeneratorRunResult second = driver.GetRunResult().Results.Single();

        Assert.Equal(3, first.GeneratedSources.Length);
        string[] names =
        [
            ContractGenerator.CallsStep, ContractGenerator.AttributesStep, ContractGenerator.ServicesStep,
            ContractGenerator.ContractsStep, ContractGenerator.TypesStep, ContractGenerator.ProblemsStep,
            ContractGenerator.AssemblyStep,
        ];
        Assert.All(names, name => AssertCached(second.TrackedSteps[name]));
        Assert.All(second.TrackedOutputSteps.Values, steps => AssertOutputCached(steps));
    }

    [Fact]
    public void An_edit_of_one_contract_leaves_the_code_of_others_cached()
    {
        CSharpCompilation compilation = Driven.Compile("Test", Source);
        SyntaxTree before = compilation.SyntaxTrees[1];
        string edited = Source.Replace("List<int?> list", "List<int?> list, bool more", StringComparison.Ordinal);
        GeneratorDriver driver = Driven.Driver().RunGenerators(compilation, TestContext.Current.CancellationToken);
        driver = driver.RunGenerators(
            compilation.ReplaceSyntaxTree(before, Driven.Parse(edited, before.FilePath)),
            TestContext.Current.CancellationToken);
        GeneratorRunResult second = driver.GetRunResult().Results.Single();

        Assert.Equal(
            [IncrementalStepRunReason.Modified, IncrementalStepRunReason.Unchanged],
            second.TrackedSteps[ContractGenerator.ContractsStep].Single().Outputs.Select(output => output.Reason));
    }

    [Fact]
    public void No_step_keeps_a_symbol_a_compilation_or_a_tree()
    {
        GeneratorDriver driver = Driven.Driver()
            .RunGenerators(Driven.Compile("Test", Source), TestContext.Current.CancellationToken);
        IEnumerable<object> values = driver.GetRunResult().Results.Single().TrackedSteps
            .Where(step => step.Key.StartsWith("KvpRpc.", StringComparison.Ordinal))
            .SelectMany(step => step.Value)
            .SelectMany(step => step.Outputs)
            .Select(output => output.Value);

        Assert.All(values, value => Assert.DoesNotContain(
            Reach(value, []), at => at is ISymbol or Compilation or SyntaxNode or SyntaxTree));
    }

    private static void AssertCached(IEnumerable<IncrementalGeneratorRunStep> steps) =>
        Assert.All(steps.SelectMany(step => step.Outputs), output => Assert.True(
            output.Reason is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged));

    private static void AssertOutputCached(IEnumerable<IncrementalGeneratorRunStep> steps) =>
        Assert.All(steps.SelectMany(step => step.Outputs), output =>
            Assert.Equal(IncrementalStepRunReason.Cached, output.Reason));

    // Every object that a model holds, by its fields.
    private static IEnumerable<object> Reach(object value, HashSet<object> seen)
    {
        Type type = value.GetType();
        if (type.IsPrimitive || type.IsEnum || value is string || (!type.IsValueType && !seen.Add(value)))
            return [];
        IEnumerable<object?> parts = value is System.Collections.IEnumerable items
            ? items.Cast<object?>()
            : type.GetFields(System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.Public
                | System.Reflection.BindingFlags.NonPublic).Select(field => field.GetValue(value));
        return parts.OfType<object>().SelectMany(part => Reach(part, seen)).Prepend(value);
    }
}
