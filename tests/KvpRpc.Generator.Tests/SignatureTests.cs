using KvpRpc.Generated;
using KvpRpc.Generator.Parser;
using KvpRpc.Generator.Tests.Contracts;
using Microsoft.CodeAnalysis;

namespace KvpRpc.Generator.Tests;

/// <summary>What methods say of what crosses in their calls.</summary>
public sealed class SignatureTests
{
    private const string Types = """
        [MessagePackObject] public sealed class Data { [Key(0)] public int A; [Key(1)] public Kind B; }
        [MessagePackObject] public sealed class Other { [Key(0)] public int X; [Key(1)] public Kind Y; }
        [MessagePackObject] public sealed class Wide { [Key(0)] public long A; [Key(1)] public Kind B; }
        [MessagePackObject] public sealed class Shifted { [Key(1)] public int A; [Key(2)] public Kind B; }
        [MessagePackObject(true)] public sealed class Named { public int A; public Kind B; }
        [MessagePackObject] public sealed class Node { [Key(0)] public Node[] Nodes = []; }
        [MessagePackObject] public sealed class Tree { [Key(0)] public Tree[] Trees = []; }
        public enum Kind { One, Two }
        """;

    [Theory]
    [InlineData("Task<int> M(int a);", "Task<int> M(int a, CancellationToken token);")]
    [InlineData("Task M(int a);", "ValueTask M(int b, CancellationToken token = default);")]
    [InlineData("Task M(string a);", "Task M(string? a = \"x\");")]
    [InlineData("Task<Data> M();", "Task<Other> M();")]
    [InlineData("Task M(Node a);", "Task M(Tree a);")]
    [InlineData("Task M(List<Data> a);", "Task M(Data[] a);")]
    [InlineData("Task M();", "[Idempotent] Task M();")]
    [InlineData("IAsyncEnumerable<int> M();", "IAsyncEnumerable<int> M(CancellationToken token);")]
    public void What_crosses_alike_has_the_same_fingerprint(string one, string two) =>
        Assert.Equal(FingerprintOf(one), FingerprintOf(two));

    [Theory]
    [InlineData("Task M(int a);", "Task M(long a);")]
    [InlineData("Task M(int a);", "Task M(int? a);")]
    [InlineData("Task M(int a);", "Task M(int a, int b);")]
    [InlineData("Task M(int a);", "Task M(IAsyncEnumerable<int> a);")]
    [InlineData("Task M(IProgress<int> a);", "Task M(IAsyncEnumerable<int> a);")]
    [InlineData("Task<int> M();", "IAsyncEnumerable<int> M();")]
    [InlineData("Task M();", "[KvpMethod(OneWay = true)] Task M();")]
    [InlineData("Task M(Data a);", "Task M(Wide a);")]
    [InlineData("Task M(Data a);", "Task M(Shifted a);")]
    [InlineData("Task M(Data a);", "Task M(Named a);")]
    [InlineData("Task M(int[] a);", "Task M((int, int) a);")]
    [InlineData("Task M(byte[] a);", "Task M(List<byte> a);")]
    public void What_crosses_otherwise_has_another_fingerprint(string one, string two) =>
        Assert.NotEqual(FingerprintOf(one), FingerprintOf(two));

    [Fact]
    public void A_signature_names_each_member_of_each_type()
    {
        RpcMethod method = Collector<IStreaming>.Methods()["Mix"];

        Assert.Equal(
            """
            Mix(points: stream Spot, name: string, shapes: stream Figure, optional origin: Spot?) -> stream Figure
            array Spot
              0: int X
              1: int Y
            union Figure
              0: Disc
              1: Outline
            array Disc
              0: Spot At
              1: int Radius
            array Outline
              0: [Spot] Corners
            """.ReplaceLineEndings("\n"),
            method.Signature.Replace("KvpRpc.Generator.Tests.Contracts.", "", StringComparison.Ordinal));
        Assert.NotEqual(0u, method.Fingerprint);
    }

    [Fact]
    public void A_method_of_a_base_belongs_to_the_service_that_derives_from_it()
    {
        Dictionary<string, RpcMethod> methods = Collector<IStreaming>.Methods();

        Assert.Equal("contoso.Streaming/Steps", methods["Steps"].FullName);
        Assert.StartsWith("Steps(from: int) -> stream ", methods["Steps"].Signature, StringComparison.Ordinal);
    }

    private static uint FingerprintOf(string member)
    {
        Compilation compilation = Driven.Compile(
            "Test", $"[KvpService] public interface IContract {{ {member} }}\n{Types}");
        INamedTypeSymbol contract = compilation.GetTypeByMetadataName("IContract")!;
        return ContractParser.Parse(contract, compilation, null, TestContext.Current.CancellationToken)
            .Contract!.Methods[0].Fingerprint;
    }
}
