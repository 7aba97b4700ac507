namespace KvpRpc.Tests.Calls;

public sealed class ClientInterceptorTests
{
    private static readonly RpcException Lost = new(StatusCode.Unavailable, "lost");

    [Fact]
    public async Task Interceptors_run_in_order_around_the_call_and_see_its_method_and_peer()
    {
        List<string> steps = [];
        await using PeerPair peers = Intercept(
            async (context, next) =>
            {
                steps.Add($"outer {context.Method} {context.Peer.Side} {context.Definition.Shape}");
                object? result = await next(context);
                steps.Add($"outer {result}");
                return result;
            },
            async (context, next) =>
            {
                steps.Add("inner");
                return $"{await next(context)}!";
            });
        Assert.Equal("a!", await Wait.For(peers.Client.RunAsync("a")));
        Assert.Equal(["outer test.Probe/Run Unknown Unary", "inner", "outer a!"], steps);
    }

    [Fact]
    public async Task A_clients_own_interceptors_run_inside_those_of_its_peer()
    {
        await using PeerPair peers = Intercept(async (context, next) => $"({await next(context)})");
        IProbe client = peers.Left.CreateClient<IProbe>(new()
        {
            Interceptors = [Interceptor.Client(async (context, next) => $"[{await next(context)}]")],
        });
        Assert.Equal("([a])", await Wait.For(client.RunAsync("a")));
        Assert.Equal("([b])", await Wait.For(RpcClients.With(client, new()).RunAsync("b")));
    }

    [Fact]
    public async Task Request_metadata_can_be_added_and_response_metadata_read()
    {
        RpcMetadata? headers = null;
        RpcMetadata? trailers = null;
        await using PeerPair peers = Intercept(async (context, next) =>
        {
            Assert.Equal("1", context.RequestMetadata.GetText("given"));
            Assert.True(context.RequestMetadata.Remove("given"));
            context.RequestMetadata.Add("added", "2");
            object? result = await next(context);
            (headers, trailers) = (context.ResponseHeaders, context.ResponseTrailers);
            return result;
        });
        peers.Service.OnRun = async (_, _) =>
        {
            RpcContext context = RpcContext.Current!;
            await context.SendHeadersAsync(new() { { "head", "3" } });
            context.ResponseTrailers.Add("tail", "4");
            RpcMetadata request = context.RequestMetadata;
            return $"{request.GetText("given")} {request.GetText("added")}";
        };
        RpcResponse response = new();
        IProbe client = RpcClients.With(
            peers.Client, new() { Metadata = new() { { "given", "1" } }, Response = response });
        Assert.Equal(" 2", await Wait.For(client.RunAsync("a")));
        Assert.Equal("3", headers!.GetText("head"));
        Assert.Equal("4", trailers!.GetText("tail"));
        Assert.Same(trailers, response.Trailers);
    }

    [Fact]
    public async Task A_call_can_be_answered_without_being_made()
    {
        await using PeerPair peers = Intercept((context, _) => new(context.Definition.Name == "Run" ? "cached" : null));
        peers.Service.OnRun = (_, _) => throw new InvalidOperationException("It should not run.");
        Assert.Equal("cached", await Wait.For(peers.Client.RunAsync("a")));
        await Wait.For(peers.Client.NotifyAsync("b"));
        InvalidOperationException mistake =
            await Assert.ThrowsAsync<InvalidOperationException>(() => Wait.For(peers.Client.AddAsync(1, 2)));
        Assert.Contains("gave null as the result of test.Probe/Add", mistake.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_can_be_made_again_and_the_callee_is_told_the_attempt()
    {
        await using PeerPair peers = Intercept(RetryAsync);
        List<(long Attempt, string Id)> attempts = [];
        peers.Service.OnRun = (_, _) =>
        {
            RpcContext context = RpcContext.Current!;
            attempts.Add((context.Attempt, Convert.ToHexString(context.IdempotencyId.Span)));
            return attempts.Count < 3 ? throw Lost : Task.FromResult("at last");
        };
        Assert.Equal("at last", await Wait.For(peers.Client.RunAsync("a")));
        Assert.Equal([(1, "07"), (2, "07"), (3, "07")], attempts);
    }

    [Fact]
    public async Task The_deadline_is_that_of_the_whole_call_whatever_its_attempts()
    {
        TimeSpan? left = null;
        PeerPair? peers = null;
        await using PeerPair own = peers = Intercept(async (context, next) =>
        {
            for (int i = 0; ; i++)
            {
                try
                {
                    return await next(context);
                }
                catch (RpcException error) when (error.StatusCode == StatusCode.Unavailable)
                {
                    peers!.Time.Advance(TimeSpan.FromSeconds(20));
                    left ??= context.TimeLeft;
                }
            }
        });
        peers.Service.OnRun = (_, _) => throw Lost;
        RpcException error = await Wait.ForError(peers.Client.RunAsync("a"));
        Assert.Equal(StatusCode.DeadlineExceeded, error.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(10), left);
    }

    [Fact]
    public async Task Errors_can_be_replaced()
    {
        await using PeerPair peers = Intercept(async (context, next) =>
        {
            try
            {
                return await next(context);
            }
            catch (RpcException error)
            {
                throw new IOException("translated", error);
            }
        });
        peers.Service.OnRun = (_, _) => throw Lost;
        peers.StreamService.OnCount = (_, _) => Items.From([1, 2]).Select(i => i == 2 ? throw Lost : i);
        Assert.Equal(
            "translated", (await Assert.ThrowsAsync<IOException>(() => Wait.For(peers.Client.RunAsync("a")))).Message);
        List<int> items = [];
        await Assert.ThrowsAsync<IOException>(async () =>
        {
            await foreach (int item in peers.Streams.CountAsync(2))
                items.Add(item);
        });
        Assert.Equal([1], items);
    }

    [Fact]
    public async Task Around_a_stream_an_interceptor_ends_with_the_last_item_and_sees_its_trailers()
    {
        List<string> steps = [];
        await using PeerPair peers = Intercept(async (context, next) =>
        {
            steps.Add($"begin {context.Definition.Shape}");
            object? result = await next(context);
            steps.Add($"end {result} {context.ResponseTrailers.GetText("tail")}");
            return result;
        });
        peers.StreamService.OnCount = (count, _) =>
        {
            RpcContext.Current!.ResponseTrailers.Add("tail", "t");
            return Items.From(Enumerable.Range(0, count));
        };
        IAsyncEnumerable<int> result = peers.Streams.CountAsync(3);
        Assert.Empty(steps);
        await foreach (int item in result)
            steps.Add($"{item}");
        Assert.Equal(["begin ServerStream", "0", "1", "2", "end  t"], steps);
        Assert.Empty(await Wait.For(peers.Streams.CountAsync(0).ToListAsync().AsTask()));
        Assert.Equal("end  t", steps[^1]);
    }

    [Fact]
    public async Task A_stream_that_is_left_early_is_a_cancelled_call_to_its_interceptors()
    {
        Exception? seen = null;
        await using PeerPair peers = Intercept(async (context, next) =>
        {
            try
            {
                return await next(context);
            }
            catch (Exception exception)
            {
                seen = exception;
                throw;
            }
        });
        Items.Source source = new();
        peers.StreamService.OnCount = (_, token) => Items.Endless(i => i, source, token);
        await foreach (int item in peers.Streams.CountAsync(0))
        {
            if (item == 10)
                break;
        }

        Assert.IsAssignableFrom<OperationCanceledException>(seen);
        await Wait.For(source.Ended.Task);
    }

    [Fact]
    public async Task A_stream_can_be_made_again_until_its_first_item_was_taken()
    {
        await using PeerPair peers = Intercept(RetryAsync);
        int calls = 0;
        peers.StreamService.OnCount = (count, _) =>
            ++calls < 3 ? throw Lost : Items.From(Enumerable.Range(0, count));
        Assert.Equal([0, 1], await Wait.For(peers.Streams.CountAsync(2).ToListAsync().AsTask()));
        peers.StreamService.OnCount = (count, _) =>
            Items.From(Enumerable.Range(0, count)).Select(i => i == 1 ? throw Lost : i);
        RpcException error = await Assert.ThrowsAsync<RpcException>(
            () => Wait.For(peers.Streams.CountAsync(2).ToListAsync().AsTask()));
        Assert.Equal("lost", error.Message);
    }

    [Fact]
    public async Task A_stream_can_be_answered_without_a_call()
    {
        await using PeerPair peers = Intercept((_, _) => new(Items.From([7, 8])));
        peers.StreamService.OnCount = (_, _) => throw new InvalidOperationException("It should not run.");
        Assert.Equal([7, 8], await Wait.For(peers.Streams.CountAsync(2).ToListAsync().AsTask()));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Either_token_ends_an_intercepted_stream(bool isOfMethod)
    {
        await using PeerPair peers = Intercept((context, next) => next(context));
        peers.StreamService.OnCount = (_, token) => Items.Endless(i => i, new Items.Source(), token);
        using CancellationTokenSource method = new();
        using CancellationTokenSource enumeration = new();
        CancellationTokenSource cancel = isOfMethod ? method : enumeration;
        IAsyncEnumerable<int> items = peers.Streams.CountAsync(0, method.Token);
        OperationCanceledException ended = await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (int item in items.WithCancellation(enumeration.Token))
            {
                if (item == 5)
                    await cancel.CancelAsync();
            }
        });
        Assert.Equal(cancel.Token, ended.CancellationToken);
    }

    [Fact]
    public async Task Arguments_that_are_streams_go_through_interceptors_too()
    {
        await using PeerPair peers = Intercept(async (context, next) => await next(context));
        Assert.Equal(6, await Wait.For(peers.Streams.SumAsync("x", Items.From([1, 2, 3]))));
        Assert.Equal(
            ["A", "B"], await Wait.For(peers.Streams.ChatAsync(Items.From(["a", "b"])).ToListAsync().AsTask()));
    }

    [Fact]
    public async Task Attempts_can_run_side_by_side_each_with_its_own_token_and_metadata()
    {
        RpcMetadata? trailers = null;
        using CancellationTokenSource loser = new();
        await using PeerPair peers = Intercept(async (context, next) =>
        {
            RpcClientContext first = context.Fork(loser.Token);
            RpcClientContext second = context.Fork(context.CancellationToken);
            second.RequestMetadata.Add("second", "yes");
            Task<object?> slow = next(first).AsTask();
            object? result = await next(second);
            await loser.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => slow);
            Assert.Equal(2, context.Attempts);
            trailers = context.ResponseTrailers;
            return result;
        });
        peers.Service.OnRun = async (_, token) =>
        {
            RpcContext context = RpcContext.Current!;
            if (context.RequestMetadata.GetText("second") is null)
                await Wait.ForCancellation(token);
            context.ResponseTrailers.Add("winner", "second");
            return "second";
        };
        Assert.Equal("second", await Wait.For(peers.Client.RunAsync("a")));
        Assert.Equal("second", trailers!.GetText("winner"));
    }

    private static async ValueTask<object?> RetryAsync(
        RpcClientContext context, Func<RpcClientContext, ValueTask<object?>> next)
    {
        context.IdempotencyId = new byte[] { 7 };
        while (true)
        {
            try
            {
                return await next(context);
            }
            catch (RpcException error) when (error.StatusCode == StatusCode.Unavailable && !context.IsCommitted)
            {
            }
        }
    }

    private static PeerPair Intercept(params Interceptor.Body<RpcClientContext>[] bodies) =>
        new(new RpcPeerOptions { ClientInterceptors = [.. bodies.Select(Interceptor.Client)] });
}
