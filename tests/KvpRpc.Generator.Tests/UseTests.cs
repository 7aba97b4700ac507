using Microsoft.CodeAnalysis;

namespace KvpRpc.Generator.Tests;

/// <summary>Where contracts are found.</summary>
public sealed class UseTests
{
    private const string Host = """
        public sealed class Host
        {
            public T CreateClient<[KvpContract] T>() => default!;
            public Host AddService<[KvpContract] T, TImpl>(TImpl value) where TImpl : T => this;
            public void Other<T>() { }
        }
        public sealed class Client<[KvpContract] T>;
        """;

    [Theory]
    [InlineData("new Host().CreateClient<IContract>();", 2)]
    [InlineData("Host? host = null; host?.CreateClient<IContract>();", 2)]
    [InlineData("new Host().AddService<IContract, Service>(new()).AddService<IContract, Service>(new());", 2)]
    [InlineData("Func<IContract> create = new Host().CreateClient<IContract>;", 2)]
    [InlineData("new Client<IContract>();", 2)]
    [InlineData("new Host().Other<IContract>();", 0)]
    [InlineData("new List<IContract>();", 0)]
    public void A_contract_is_found_where_it_is_written_for_a_parameter_that_takes_one(string statement, int files)
    {
        MetadataReference contracts = Driven.Compile("Contracts", """
            [KvpService] public interface IContract { Task<int[]> M(); }
            """).ToReference();
        GeneratorRunResult result = Driven.Run(Driven.Compile("Test", $$"""
            {{Host}}
            public sealed class Service : IContract { public Task<int[]> M() => throw new NotImplementedException(); }
            public static class Uses { public static void Use() { {{statement}} } }
            """, contracts));

        Assert.Empty(result.Diagnostics);
        Assert.Equal(files, result.GeneratedSources.Length);
    }

    [Fact]
    public void A_type_parameter_of_the_user_is_no_contract_by_itself()
    {
        GeneratorRunResult result = Driven.Run(Driven.Compile("Test", $$"""
            {{Host}}
            public static class Uses { public static void Use<T>() => new Host().CreateClient<T>(); }
            """));

        Assert.Empty(result.Diagnostics);
        Assert.Empty(result.GeneratedSources);
    }

    [Fact]
    public void Contracts_need_the_abstractions_alone()
    {
        GeneratorRunResult result = Driven.Run(Driven.Compile("Test", """
            [assembly: KvpContract(typeof(Shared.IContract))]
            """, Driven.CompileWith("Shared", """
            using System.Threading.Tasks;
            namespace Shared;
            [KvpRpc.KvpService] public interface IContract { Task<Data> M(Data data); }
            [MessagePack.MessagePackObject] public sealed record Data([property: MessagePack.Key(0)] int A);
            """, "netstandard", "KvpRpc.Abstractions", "MessagePack.Annotations").ToReference()));

        Assert.Empty(result.Diagnostics);
        Assert.Equal(
            ["Serializers.g.cs", "Shared_IContract.g.cs"], result.GeneratedSources.Select(at => at.HintName).Order());
    }
}
