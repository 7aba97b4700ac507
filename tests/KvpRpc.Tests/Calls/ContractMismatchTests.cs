using KvpRpc.Links;
using MessagePack;

namespace KvpRpc.Tests.Calls;

public sealed class ContractMismatchTests
{
    [Fact]
    public async Task Arguments_that_cannot_be_read_name_the_member_and_both_signatures()
    {
        await using PeerPair peers = new();
        peers.Right.AddService<INewDrift>(new Drift(), RpcAccess.Anyone);
        IOldDrift client = peers.Left.CreateClient<IOldDrift>();
        RpcException error = await Wait.ForError(client.GreetAsync(new OldPerson("Ada", "36")));
        Assert.Equal(StatusCode.Internal, error.StatusCode);
        Assert.True(error.CertainlyNotRun);
        Assert.Contains("test.Drift/Greet", error.Message, StringComparison.Ordinal);
        Assert.Contains("1: string Age", error.Message, StringComparison.Ordinal);
        Assert.Contains("1: int Age", error.Message, StringComparison.Ordinal);
        RpcContractMismatch mismatch = error.GetDetail<RpcContractMismatch>()!;
        Assert.Equal("test.Drift/Greet", mismatch.Method);
        Assert.Contains("1: int Age", mismatch.CalleeSignature, StringComparison.Ordinal);
        Assert.Contains("1: string Age", mismatch.CallerSignature, StringComparison.Ordinal);
    }

    [Fact]
    public async Task So_do_items_of_an_argument_that_is_a_stream()
    {
        await using PeerPair peers = new();
        peers.Right.AddService<INewDrift>(new Drift(), RpcAccess.Anyone);
        IOldDrift client = peers.Left.CreateClient<IOldDrift>();
        RpcException error = await Wait.ForError(client.SumAsync(Items.From(["a"])));
        Assert.Equal(StatusCode.Internal, error.StatusCode);
        Assert.Contains("this side says Sum(values: stream string)", error.Message, StringComparison.Ordinal);
        Assert.Contains("the peer says Sum(values: stream int)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_result_that_cannot_be_read_names_the_member_and_the_own_signature()
    {
        await using PeerPair peers = new();
        peers.Right.AddService<INewDrift>(new Drift(), RpcAccess.Anyone);
        RpcException error = await Wait.ForError(peers.Left.CreateClient<IOldDrift>().CountAsync());
        Assert.Equal(StatusCode.Internal, error.StatusCode);
        Assert.Contains("test.Drift/Count", error.Message, StringComparison.Ordinal);
        Assert.Contains("Count() -> string", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bytes_that_break_the_contract_both_sides_have_say_nothing_of_it()
    {
        await using RawCaller raw = new();
        RpcException told = await raw.CallForErrorAsync("test.Probe/Run", [1, 0x91, 0x01]);
        RpcContractMismatch detail = told.GetDetail<RpcContractMismatch>()!;
        Assert.StartsWith("Run(text: string)", detail.CalleeSignature, StringComparison.Ordinal);
        Assert.Null(detail.CallerSignature);
    }

    [Fact]
    public async Task A_call_that_succeeds_carries_nothing_of_it()
    {
        await using RawCaller raw = new();
        await using KvpLinkStream stream = raw.Open();
        await stream.SendAsync(new byte[] { 1, 0x91, 0xA1, (byte)'a' }, endOfStream: true, default);
        using KvpLinkMessage response = await Wait.For(stream.ReceiveAsync(default).AsTask());
        Assert.Equal([3, 0xA1, (byte)'a'], response.Data.ToArray());
    }

    private sealed class Drift : INewDrift
    {
        public Task<string> GreetAsync(NewPerson person) => Task.FromResult(person.Name);

        public async Task<int> SumAsync(IAsyncEnumerable<int> values) => await values.SumAsync();

        public Task<int> CountAsync() => Task.FromResult(3);
    }
}

[KvpService(Name = "test.Drift")]
public interface IOldDrift
{
    Task<string> GreetAsync(OldPerson person);

    Task<int> SumAsync(IAsyncEnumerable<string> values);

    Task<string> CountAsync();
}

[KvpService(Name = "test.Drift")]
public interface INewDrift
{
    Task<string> GreetAsync(NewPerson person);

    Task<int> SumAsync(IAsyncEnumerable<int> values);

    Task<int> CountAsync();
}

[MessagePackObject]
public sealed record OldPerson([property: Key(0)] string Name, [property: Key(1)] string Age);

[MessagePackObject]
public sealed record NewPerson([property: Key(0)] string Name, [property: Key(1)] int Age);
