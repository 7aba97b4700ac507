using System.Collections.ObjectModel;
using System.Runtime.CompilerServices;
using KvpRpc.Generated;
using KvpRpc.Generator.Tests.Contracts;
using MessagePack;

[assembly: KvpRpc.KvpContract(typeof(IStreaming))]

namespace KvpRpc.Generator.Tests;

/// <summary>Calls whose arguments or results are more than values, through generated clients and dispatchers.</summary>
public sealed class StreamCallTests
{
    private static readonly Figure?[] Figures =
        [new Disc(new Spot(1, -2), 3), null, new Outline([new Spot(0, 0), new Spot(300, 70000)])];

    private readonly Loopback<IStreaming> _loopback = new(new Streaming());

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Items_of_an_argument_reach_the_service()
    {
        IStreaming client = _loopback.CreateClient();

        Assert.Equal(16, await client.SumAsync(10, new[] { 1, 2, 3 }.ToAsyncEnumerable(), Token));
        await client.DrainAsync(new[] { "a", null }.ToAsyncEnumerable());
        Assert.Equal(["contoso.Streaming/Sum", "contoso.Streaming/Drain"], _loopback.Called);
        Assert.Equal(RpcMethodShape.ClientStream, _loopback.Methods["contoso.Streaming/Sum"].Shape);
    }

    [Fact]
    public async Task Items_of_a_result_reach_the_caller()
    {
        IStreaming client = _loopback.CreateClient();

        Assert.Equal(
            [new PatchStep("step 3", 0.3), new PatchStep("step 4", 0.4)],
            await client.StepsAsync(3, Token).Take(2).ToListAsync(Token));
        Assert.Equal(
            [new("a", 1), new KeyValuePair<string, int?>("b", null)],
            await client.PairsAsync().ToListAsync(Token));
        Assert.Equal(RpcMethodShape.ServerStream, _loopback.Methods["contoso.Streaming/Steps"].Shape);
    }

    [Fact]
    public async Task Several_streams_go_both_ways_at_the_same_time()
    {
        IStreaming client = _loopback.CreateClient();
        IAsyncEnumerable<Figure?> result = client.MixAsync(
            new[] { new Spot(5, 6), new Spot(7, 8) }.ToAsyncEnumerable(),
            "name",
            Figures.ToAsyncEnumerable(),
            new Spot(1, 1));

        Assert.Equal(
            [
                new Disc(new Spot(1, 1), 4), new Disc(new Spot(5, 6), 0), new Disc(new Spot(7, 8), 0), Figures[0], null,
            ],
            await result.Take(5).ToListAsync(Token));
        RpcMethod method = _loopback.Methods["contoso.Streaming/Mix"];
        Assert.Equal(RpcMethodShape.Duplex, method.Shape);
        Assert.Equal(2, method.StreamArguments);
    }

    [Fact]
    public async Task Reports_reach_the_caller_and_only_those_who_want_them()
    {
        IStreaming client = _loopback.CreateClient();
        List<int> percent = [];
        List<PatchStep> steps = [];

        string first = await client.InstallAsync(
            new Reports<int>(percent.Add), "a", new Reports<PatchStep>(steps.Add), Token);
        string second = await client.InstallAsync(new Reports<int>(percent.Add), "b", null, Token);

        Assert.Equal(["a done", "b done"], [first, second]);
        Assert.Equal([50, 100, 50, 100], percent);
        Assert.Equal([new PatchStep("a", 1)], steps);
        Assert.Equal(RpcMethodShape.Unary, _loopback.Methods["contoso.Streaming/Install"].Shape);
    }

    [Fact]
    public async Task Reports_go_beside_streams()
    {
        IStreaming client = _loopback.CreateClient();
        List<Spot> spots = [];
        List<int> counts = [];

        Assert.Equal([0, 1], await client.WatchAsync(new Reports<Spot>(spots.Add), Token).ToListAsync(Token));
        Assert.Equal([9, 8], await client.EchoAsync(
            new[] { 9, 8 }.ToAsyncEnumerable(), new Reports<int>(counts.Add)).ToListAsync(Token));
        Collection<Spot> collected = await client.CollectAsync(
            new[] { new Spot(1, 2) }.ToAsyncEnumerable(), new Reports<int>(counts.Add));

        Assert.Equal([new Spot(0, 0), new Spot(1, 1)], spots);
        Assert.Equal([9, 8, 1], counts);
        Assert.Equal([new Spot(1, 2)], collected);
        Assert.Equal(RpcMethodShape.ServerStream, _loopback.Methods["contoso.Streaming/Watch"].Shape);
        Assert.Equal(RpcMethodShape.Duplex, _loopback.Methods["contoso.Streaming/Echo"].Shape);
        Assert.Equal(RpcMethodShape.ClientStream, _loopback.Methods["contoso.Streaming/Collect"].Shape);
    }

    [Fact]
    public async Task Items_and_reports_are_byte_for_byte_what_MessagePack_writes()
    {
        IStreaming client = _loopback.CreateClient();
        Spot[] spots = [new(0, 0), new(int.MinValue, 128)];
        PatchStep[] steps = [new("a", 1)];

        await client.CollectAsync(spots.ToAsyncEnumerable(), new Reports<int>(static _ => { }));
        await client.InstallAsync(
            new Reports<int>(static _ => { }), "a", new Reports<PatchStep>(static _ => { }), Token);
        await client.MixAsync(AsyncEnumerable.Empty<Spot>(), "", Figures.ToAsyncEnumerable()).ToListAsync(Token);
        await client.PairsAsync().ToListAsync(Token);

        byte[][] expected =
        [
            .. Bytes(spots), .. Bytes(2),
            .. Bytes(50, 100), .. Bytes(steps),
            .. Bytes<Figure?>(new Disc(default, 0)), .. Figures.SelectMany(figure => Twice(Bytes(figure).Single())),
            .. Bytes(new KeyValuePair<string, int?>("a", 1), new KeyValuePair<string, int?>("b", null)),
        ];
        Assert.Equal(expected.Select(Convert.ToHexString), _loopback.Items.Select(Convert.ToHexString));
    }

    [Fact]
    public async Task The_token_of_the_caller_ends_a_stream()
    {
        using CancellationTokenSource source = new();
        IAsyncEnumerable<PatchStep> steps = _loopback.CreateClient().StepsAsync(0, source.Token);
        await using IAsyncEnumerator<PatchStep> at = steps.GetAsyncEnumerator(Token);

        Assert.True(await at.MoveNextAsync());
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await at.MoveNextAsync());
    }

    [Fact]
    public async Task A_stream_that_is_null_is_refused_where_it_is_given() =>
        await Assert.ThrowsAsync<ArgumentNullException>(async () =>
            await _loopback.CreateClient().SumAsync(1, null!, Token));

    [Fact]
    public void A_generated_client_shows_what_makes_its_calls() =>
        Assert.Same(_loopback, ((IRpcClient)_loopback.CreateClient()).Invoker);

    private static IEnumerable<byte[]> Bytes<T>(params T[] values) => values.Select(value =>
        MessagePackSerializer.Serialize(value, MessagePackSerializerOptions.Standard, Token));

    private static IEnumerable<byte[]> Twice(byte[] bytes) => [bytes, bytes];

    private sealed class Streaming : IStreaming
    {
        public async Task<int> SumAsync(
            int start, IAsyncEnumerable<int> numbers, CancellationToken cancellationToken) =>
            start + await numbers.SumAsync(cancellationToken);

        public async ValueTask DrainAsync(IAsyncEnumerable<string?> texts) =>
            Assert.Equal(["a", null], await texts.ToListAsync());

        public async IAsyncEnumerable<Figure?> MixAsync(
            IAsyncEnumerable<Spot> points, string name, IAsyncEnumerable<Figure?> shapes, Spot? origin)
        {
            yield return new Disc(origin ?? default, name.Length);
            await foreach (Spot point in points)
                yield return new Disc(point, 0);
            await foreach (Figure? shape in shapes)
                yield return shape;
        }

        public Task<string> InstallAsync(
            IProgress<int> percent, string name, IProgress<PatchStep>? steps, CancellationToken token)
        {
            percent.Report(50);
            percent.Report(100);
            Assert.NotNull(steps);
            steps.Report(new PatchStep(name, 1));
            return Task.FromResult(name + " done");
        }

        public async IAsyncEnumerable<int> WatchAsync(
            IProgress<Spot> progress, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            for (int i = 0; i < 2; i++)
            {
                progress.Report(new Spot(i, i));
                await Task.Yield();
                yield return i;
            }
        }

        public IAsyncEnumerable<int> EchoAsync(IAsyncEnumerable<int> values, IProgress<int>? progress) =>
            values.Select(value =>
            {
                progress?.Report(value);
                return value;
            });

        public async ValueTask<Collection<Spot>> CollectAsync(IAsyncEnumerable<Spot> points, IProgress<int> progress)
        {
            Collection<Spot> collected = [.. await points.ToListAsync()];
            progress.Report(collected.Count);
            return collected;
        }

        public async IAsyncEnumerable<PatchStep> StepsAsync(
            int from, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            for (int i = from; ; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                await Task.Yield();
                yield return new PatchStep($"step {i}", i / 10.0);
            }
        }

        public IAsyncEnumerable<KeyValuePair<string, int?>> PairsAsync() =>
            new KeyValuePair<string, int?>[] { new("a", 1), new("b", null) }.ToAsyncEnumerable();
    }
}
