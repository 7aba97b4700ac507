using System.Globalization;
using Microsoft.CodeAnalysis;

namespace KvpRpc.Generator.Tests;

/// <summary>What implementations say that only the contract can say.</summary>
public sealed class ImplementationTests
{
    private const string Contract = """
        public interface IBase { Task BaseAsync(int depth = 2); }
        [KvpService]
        public interface IContract : IBase { Task M(string text = "a", CancellationToken token = default); }

        """;

    [Theory]
    [InlineData("Task BaseAsync(int depth = 3)", "Task M(string text = \"a\", CancellationToken token = default)",
        "'depth'")]
    [InlineData("Task BaseAsync(int depth)", "Task M(string text = \"b\", CancellationToken token = default)",
        "\"b\" and the contract's has \"a\"")]
    [InlineData("Task BaseAsync(int depth)", "Task M(string? text = null, CancellationToken token = default)",
        "has the default value default")]
    public async Task Another_default_value_than_the_contracts_is_a_warning(string first, string second, string text)
    {
        Diagnostic found = Assert.Single(await RunAsync(first, second));

        Assert.Equal("KVPRPC0017", found.Id);
        Assert.Contains(text, found.GetMessage(CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Task BaseAsync(int depth = 2)", "Task M(string text = \"a\", CancellationToken token = default)")]
    [InlineData("Task BaseAsync(int depth)", "Task M(string text, CancellationToken token)")]
    [InlineData("Task IBase.BaseAsync(int depth)", "Task IContract.M(string text, CancellationToken token)")]
    public async Task The_same_default_value_or_none_is_in_order(string first, string second) =>
        Assert.Empty(await RunAsync(first, second));

    [Theory]
    [InlineData("[Idempotent] public Task BaseAsync(int depth)", "Idempotent")]
    [InlineData("[KvpMethod(Id = \"base\")] public Task BaseAsync(int depth)", "KvpMethod")]
    public async Task An_attribute_on_the_implementation_has_no_effect(string method, string attribute)
    {
        Diagnostic found = Assert.Single(await RunAsync(method, "Task M(string text, CancellationToken token)"));

        Assert.Equal("KVPRPC0018", found.Id);
        Assert.Contains($"[{attribute}]", found.GetMessage(CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_one_way_method_cannot_be_idempotent()
    {
        Diagnostic found = Assert.Single(await Analyzed.RunAsync(
            "[KvpService] public interface IContract { [Idempotent, KvpMethod(OneWay = true)] Task M(); }",
            new ImplementationAnalyzer()));

        Assert.Equal("KVPRPC0018", found.Id);
    }

    private static async Task<IEnumerable<Diagnostic>> RunAsync(params string[] methods) => await Analyzed.RunAsync(
        $"{Contract}public sealed class Service : IContract {{ {string.Concat(methods.Select(Body))} }}",
        new ImplementationAnalyzer());

    private static string Body(string method) =>
        (method.Contains("public", StringComparison.Ordinal) || method.Contains("IBase.", StringComparison.Ordinal)
            || method.Contains("IContract.", StringComparison.Ordinal) ? "" : "public ")
        + method + " => Task.CompletedTask; ";
}
