using System.Threading.Channels;

namespace KvpRpc.Cases.Tests;

/// <summary>The cases of gRPC's interoperability tests that are about calls, under their names and with their sizes
/// (grpc/grpc, doc/interop-test-descriptions.md).</summary>
/// <param name="isDaemon">Whether the guest is Microsoft's daemon.</param>
/// <param name="hostCalls">Whether the host calls.</param>
public abstract class GrpcCases(bool isDaemon, bool hostCalls)
{
    private const string SpecialMessage =
        "\t\ntest with whitespace\r\nand Unicode BMP \u263a and non-BMP \U0001f608\t\n";

    private static readonly int[] RequestSizes = [27182, 8, 1828, 45904];
    private static readonly int[] ResponseSizes = [31415, 9, 2653, 58979];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Case_empty_unary()
    {
        await using CaseSides sides = await StartAsync();
        await Wait.For(sides.CreateClient<ITestService>().EmptyCallAsync(Token));
    }

    [Fact]
    public async Task Case_large_unary()
    {
        await using CaseSides sides = await StartAsync();
        SimpleResponse response =
            await Wait.For(sides.CreateClient<ITestService>().UnaryCallAsync(Large, Token));
        Assert.Equal(314159, response.Payload.Length);
    }

    [Fact]
    public async Task Case_client_streaming()
    {
        await using CaseSides sides = await StartAsync();
        int sum = await Wait.For(sides.CreateClient<ITestService>().StreamingInputCallAsync(
            RequestSizes.Select(size => new StreamingInput(new byte[size])).ToAsyncEnumerable(), Token));
        Assert.Equal(74922, sum);
    }

    /// <remarks>As with gRPC, a probe finds out first whether the service looks at what came: it expects a compressed
    /// request and gets another, since the first of a link is none. gRPC's flag beside the encoding has no counterpart:
    /// no caller can send a request as compressed that is not. What bytes of that kind do is for the tests of
    /// calls.</remarks>
    [Fact]
    public async Task Case_client_compressed_unary()
    {
        await using CaseSides sides = await StartAsync(Compressing);
        ITestService client = sides.CreateClient<ITestService>(new() { Compression = RpcCompression.Brotli });
        await CheckProbeAsync(client.UnaryCallAsync(Large with { ExpectCompressed = true }, Token));
        SimpleResponse compressed =
            await Wait.For(client.UnaryCallAsync(Large with { ExpectCompressed = true }, Token));
        SimpleResponse plain = await Wait.For(
            RpcClients.With(client, new() { Compression = RpcCompression.None })
                .UnaryCallAsync(Large with { ExpectCompressed = false }, Token));
        Assert.Equal((314159, 314159), (compressed.Payload.Length, plain.Payload.Length));
    }

    [Fact]
    public async Task Case_server_compressed_unary()
    {
        await using CaseSides sides = await StartAsync(Compressing);
        RpcResponse response = new();
        ITestService client = RpcClients.With(
            sides.CreateClient<ITestService>(new() { Compression = RpcCompression.Brotli }),
            new() { Response = response });
        foreach (bool isCompressed in (bool[])[true, false])
        {
            SimpleResponse answer =
                await Wait.For(client.UnaryCallAsync(Large with { ResponseCompressed = isCompressed }, Token));
            Assert.Equal((314159, isCompressed), (answer.Payload.Length, response.WasCompressed));
        }
    }

    /// <remarks>Which items of a stream cross compressed is not the caller's to say one by one: each that shrinks does.
    /// So the one that shall not is of random bytes.</remarks>
    [Fact]
    public async Task Case_client_compressed_streaming()
    {
        await using CaseSides sides = await StartAsync(Compressing);
        byte[] random = new byte[45904];
        new Random(1).NextBytes(random);
        ITestService client = sides.CreateClient<ITestService>(new() { Compression = RpcCompression.Brotli });
        await CheckProbeAsync(client.StreamingInputCallAsync(One(new StreamingInput(new byte[27182], true)), Token));
        int sum = await Wait.For(client.StreamingInputCallAsync(
            new StreamingInput[] { new(new byte[27182], true), new(random, false) }.ToAsyncEnumerable(), Token));
        Assert.Equal(73086, sum);
    }

    [Fact]
    public async Task Case_server_compressed_streaming()
    {
        await using CaseSides sides = await StartAsync(Compressing);
        RpcResponse response = new();
        ITestService client = RpcClients.With(
            sides.CreateClient<ITestService>(new() { Compression = RpcCompression.Brotli }),
            new() { Response = response });
        List<(int, bool)> items = [];
        await foreach (byte[] item in client.StreamingOutputCallAsync(
            new([31415, 92653], [], null, [true, false]), Token))
        {
            items.Add((item.Length, response.WasCompressed));
        }

        Assert.Equal([(31415, true), (92653, false)], items);
    }

    [Fact]
    public async Task Case_server_streaming()
    {
        await using CaseSides sides = await StartAsync();
        List<byte[]> items = await Wait.ForAll(sides.CreateClient<ITestService>().StreamingOutputCallAsync(
            new(ResponseSizes, [], null), Token));
        Assert.Equal(ResponseSizes, items.Select(item => item.Length));
    }

    [Fact]
    public async Task Case_ping_pong()
    {
        await using CaseSides sides = await StartAsync();
        Channel<StreamingRequest> requests = Channel.CreateUnbounded<StreamingRequest>();
        await using IAsyncEnumerator<byte[]> responses = sides.CreateClient<ITestService>()
            .FullDuplexCallAsync(requests.Reader.ReadAllAsync(Token), Token).GetAsyncEnumerator(Token);
        for (int i = 0; i < RequestSizes.Length; i++)
        {
            await requests.Writer.WriteAsync(new([ResponseSizes[i]], new byte[RequestSizes[i]], null), Token);
            Assert.True(await Wait.For(responses.MoveNextAsync().AsTask()));
            Assert.Equal(ResponseSizes[i], responses.Current.Length);
        }

        requests.Writer.Complete();
        Assert.False(await Wait.For(responses.MoveNextAsync().AsTask()));
    }

    [Fact]
    public async Task Case_empty_stream()
    {
        await using CaseSides sides = await StartAsync();
        Assert.Empty(await Wait.ForAll(sides.CreateClient<ITestService>().FullDuplexCallAsync(
            AsyncEnumerable.Empty<StreamingRequest>(), Token)));
    }

    [Fact]
    public async Task Case_custom_metadata()
    {
        await using CaseSides sides = await StartAsync();
        RpcMetadata metadata = new()
        {
            { TestService.InitialKey, "test_initial_metadata_value" },
            { TestService.TrailingKey, (byte[])[0xab, 0xab, 0xab] },
        };
        RpcResponse unary = new();
        RpcResponse duplex = new();
        ITestService client = sides.CreateClient<ITestService>();
        await Wait.For(RpcClients.With(client, new() { Metadata = metadata, Response = unary })
            .UnaryCallAsync(Large, Token));
        await Wait.ForAll(RpcClients.With(client, new() { Metadata = metadata, Response = duplex })
            .FullDuplexCallAsync(One(new StreamingRequest([314159], new byte[271828], null)), Token));
        foreach (RpcResponse response in (RpcResponse[])[unary, duplex])
        {
            Assert.Equal("test_initial_metadata_value", response.Headers.GetText(TestService.InitialKey));
            Assert.Equal([0xab, 0xab, 0xab], response.Trailers.GetBytes(TestService.TrailingKey));
        }
    }

    [Fact]
    public Task Case_status_code_and_message() => CheckStatusAsync("test status message");

    [Fact]
    public Task Case_special_status_message() => CheckStatusAsync(SpecialMessage);

    [Fact]
    public async Task Case_unimplemented_method()
    {
        await using CaseSides sides = await StartAsync();
        RpcException error = await Wait.ForError(
            sides.CreateClient<ITestServiceOfLater>().UnimplementedCallAsync(Token));
        Assert.Equal(StatusCode.Unimplemented, error.StatusCode);
        Assert.True(error.CertainlyNotRun);
    }

    [Fact]
    public async Task Case_unimplemented_service()
    {
        await using CaseSides sides = await StartAsync();
        RpcException error = await Wait.ForError(
            sides.CreateClient<IUnimplementedService>().UnimplementedCallAsync(Token));
        Assert.Equal(StatusCode.Unimplemented, error.StatusCode);
        Assert.True(error.CertainlyNotRun);
    }

    [Fact]
    public async Task Case_cancel_after_begin()
    {
        await using CaseSides sides = await StartAsync();
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        Channel<StreamingInput> inputs = Channel.CreateUnbounded<StreamingInput>();
        Task<int> call = sides.CreateClient<ITestService>()
            .StreamingInputCallAsync(inputs.Reader.ReadAllAsync(CancellationToken.None), stop.Token);
        await inputs.Writer.WriteAsync(new([]), Token);
        await Wait.For(sides.Service.Begun);
        await stop.CancelAsync();
        await Wait.ForCancellation(call);
        await Wait.For(sides.Service.Cancelled);
    }

    [Fact]
    public async Task Case_cancel_after_first_response()
    {
        await using CaseSides sides = await StartAsync();
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        Channel<StreamingRequest> requests = Channel.CreateUnbounded<StreamingRequest>();
        await using IAsyncEnumerator<byte[]> responses = sides.CreateClient<ITestService>()
            .FullDuplexCallAsync(requests.Reader.ReadAllAsync(CancellationToken.None), stop.Token)
            .GetAsyncEnumerator(CancellationToken.None);
        await requests.Writer.WriteAsync(new([31415], new byte[27182], null), Token);
        Assert.True(await Wait.For(responses.MoveNextAsync().AsTask()));
        Assert.Equal(31415, responses.Current.Length);
        await stop.CancelAsync();
        await Wait.ForCancellation(responses.MoveNextAsync().AsTask());
        await Wait.For(sides.Service.Cancelled);
    }

    [Fact]
    public async Task Case_timeout_on_sleeping_server()
    {
        await using CaseSides sides = await StartAsync();
        // With a link that is open already: what runs out is the call's time.
        ITestService client = sides.CreateClient<ITestService>();
        await Wait.For(client.EmptyCallAsync(Token));
        Channel<StreamingRequest> requests = Channel.CreateUnbounded<StreamingRequest>();
        await requests.Writer.WriteAsync(new([], new byte[27182], null), Token);
        RpcException error = await Wait.ForError(Wait.ForAll(
            RpcClients.With(client, new() { Deadline = TimeSpan.FromMilliseconds(1) })
                .FullDuplexCallAsync(requests.Reader.ReadAllAsync(CancellationToken.None), Token)));
        Assert.Equal(StatusCode.DeadlineExceeded, error.StatusCode);
    }

    private static SimpleRequest Large => new(314159, new byte[271828], null);

    private static RpcPeerOptions Compressing => new() { Compression = RpcCompression.Brotli };

    private Task<CaseSides> StartAsync(RpcPeerOptions? calls = null) =>
        CaseSides.StartAsync(isDaemon, hostCalls, calls);

    private static async Task CheckProbeAsync(Task probe) =>
        Assert.Equal(StatusCode.InvalidArgument, (await Wait.ForError(probe)).StatusCode);

    private static IAsyncEnumerable<T> One<T>(T item) => new[] { item }.ToAsyncEnumerable();

    private async Task CheckStatusAsync(string message)
    {
        await using CaseSides sides = await StartAsync();
        EchoStatus status = new((int)StatusCode.Unknown, message);
        ITestService client = sides.CreateClient<ITestService>();
        RpcException unary = await Wait.ForError(client.UnaryCallAsync(new(0, [], status), Token));
        RpcException duplex = await Wait.ForError(
            Wait.ForAll(client.FullDuplexCallAsync(One(new StreamingRequest([], [], status)), Token)));
        Assert.Equal((StatusCode.Unknown, message), (unary.StatusCode, unary.Message));
        Assert.Equal((StatusCode.Unknown, message), (duplex.StatusCode, duplex.Message));
    }
}
