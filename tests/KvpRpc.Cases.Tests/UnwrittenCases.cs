using System.Threading.Channels;

namespace KvpRpc.Cases.Tests;

/// <summary>The cases that gRPC's document lists as still to be written.</summary>
public sealed class UnwrittenCases
{
    private static readonly RpcPeerOptions Many = new()
    {
        MaxConcurrentCalls = 4096,
        DefaultDeadline = Timeout.InfiniteTimeSpan,
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false, true)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public async Task Case_concurrent_large_unary(bool isDaemon, bool hostCalls)
    {
        await using CaseSides sides = await CaseSides.StartAsync(isDaemon, hostCalls, Many);
        ITestService client = sides.CreateClient<ITestService>();
        byte[] payload = new byte[271828];
        SimpleResponse[] responses = await Task.WhenAll(Enumerable.Range(0, 1000).Select(i =>
            client.UnaryCallAsync(new(314159 + i, payload, null), Token)));
        Assert.Equal(Enumerable.Range(314159, 1000), responses.Select(response => response.Payload.Length));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Case_thousands_of_simultaneous_calls(bool isDaemon)
    {
        await using CaseSides sides = await CaseSides.StartAsync(isDaemon, hostCalls: true, Many);
        ITestService client = sides.CreateClient<ITestService>();
        SimpleResponse[] responses = await Task.WhenAll(Enumerable.Range(0, 3000).Select(i =>
            client.UnaryCallAsync(new(i % 50, [], null), Token)));
        Assert.Equal(Enumerable.Range(0, 3000).Select(i => i % 50), responses.Select(r => r.Payload.Length));
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    [InlineData(true, false)]
    public async Task Case_flow_control_pushback_of_a_callee_that_does_not_read(bool isDaemon, bool hostCalls)
    {
        await using CaseSides sides = await CaseSides.StartAsync(isDaemon, hostCalls);
        ITestService client = sides.CreateClient<ITestService>();
        // A handler that reads a request only when its responses before are taken: nobody takes them here.
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        int given = 0;
        await using IAsyncEnumerator<byte[]> responses = client
            .FullDuplexCallAsync(Requests(), stop.Token).GetAsyncEnumerator(CancellationToken.None);
        Assert.True(await Wait.For(responses.MoveNextAsync().AsTask()));

        // While it stands still, others are served, and what it holds has a bound.
        for (int i = 0; i < 20; i++)
            await Wait.For(client.EmptyCallAsync(Token));
        int before = Volatile.Read(ref given);
        for (int i = 0; i < 20; i++)
            await Wait.For(client.EmptyCallAsync(Token));
        Assert.InRange(Volatile.Read(ref given), 1, 200);
        Assert.InRange(sides.Service.Responses, 1, 200);
        Assert.InRange(Volatile.Read(ref given) - before, 0, 5);
        await stop.CancelAsync();
        await Wait.For(sides.Service.Cancelled);

        async IAsyncEnumerable<StreamingRequest> Requests()
        {
            while (true)
            {
                Interlocked.Increment(ref given);
                yield return new([30_000], new byte[30_000], null);
                await Task.Yield();
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Case_cancel_before_start(bool isDaemon)
    {
        await using CaseSides sides = await CaseSides.StartAsync(isDaemon, hostCalls: true);
        ITestService client = sides.CreateClient<ITestService>();
        CancellationToken cancelled = new(canceled: true);
        Channel<StreamingInput> inputs = Channel.CreateUnbounded<StreamingInput>();
        await Wait.ForCancellation(client.EmptyCallAsync(cancelled));
        await Wait.ForCancellation(
            client.StreamingInputCallAsync(inputs.Reader.ReadAllAsync(CancellationToken.None), cancelled));
        IAsyncEnumerable<byte[]> items = client.StreamingOutputCallAsync(new([1], [], null), cancelled);
        await Wait.ForCancellation(items.ToListAsync(CancellationToken.None).AsTask());
        await Wait.For(client.EmptyCallAsync(Token));
        Assert.Equal(0, sides.Service.Responses);
        Assert.False(sides.Service.Begun.IsCompleted);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Case_cancel_after_first_message(bool isDaemon)
    {
        await using CaseSides sides = await CaseSides.StartAsync(isDaemon, hostCalls: true);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        await using IAsyncEnumerator<byte[]> items = sides.CreateClient<ITestService>()
            .StreamingOutputCallAsync(new([.. Enumerable.Repeat(50_000, 10_000)], [], null), stop.Token)
            .GetAsyncEnumerator(CancellationToken.None);
        Assert.True(await Wait.For(items.MoveNextAsync().AsTask()));
        await stop.CancelAsync();
        await Wait.ForCancellation(TakeRestAsync(items));
        await Wait.For(sides.Service.Cancelled);
        Assert.InRange(sides.Service.Responses, 1, 200);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Case_cancel_after_headers(bool isDaemon)
    {
        await using CaseSides sides = await CaseSides.StartAsync(isDaemon, hostCalls: true);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        RpcResponse response = new();
        Channel<StreamingInput> inputs = Channel.CreateUnbounded<StreamingInput>();
        ITestService client = RpcClients.With(sides.CreateClient<ITestService>(), new()
        {
            Metadata = new() { { TestService.InitialKey, "early" } },
            Response = response,
        });
        Task<int> call =
            client.StreamingInputCallAsync(inputs.Reader.ReadAllAsync(CancellationToken.None), stop.Token);
        Assert.Equal("early", (await Wait.For(response.WaitForHeadersAsync())).GetText(TestService.InitialKey));
        await stop.CancelAsync();
        await Wait.ForCancellation(call);
        await Wait.For(sides.Service.Cancelled);
    }

    // What had come before the cancellation may still be given.
    private static async Task TakeRestAsync(IAsyncEnumerator<byte[]> items)
    {
        while (await items.MoveNextAsync())
        {
        }
    }
}
