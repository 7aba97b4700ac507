namespace KvpRpc.Tests.Calls;

public sealed class ServerInterceptorTests
{
    [Fact]
    public async Task Interceptors_run_in_order_around_the_handler_and_see_the_call()
    {
        List<string> steps = [];
        await using PeerPair peers = Intercept(
            async (context, next) =>
            {
                steps.Add($"outer {context.Method} {context.Definition.IsIdempotent} {context.Peer.Side}");
                steps.Add($"{context.RequestMetadata.GetText("key")}");
                object? result = await next(context);
                context.ResponseTrailers.Add("seen", $"{result}");
                return result;
            },
            async (context, next) =>
            {
                steps.Add("inner");
                return $"{await next(context)}!";
            });
        RpcResponse response = new();
        IProbe client = RpcClients.With(
            peers.Client, new() { Metadata = new() { { "key", "k" } }, Response = response });
        Assert.Equal("a!", await Wait.For(client.RunAsync("a")));
        Assert.Equal(["outer test.Probe/Run False Unknown", "k", "inner"], steps);
        Assert.Equal("a!", response.Trailers.GetText("seen"));
    }

    [Fact]
    public async Task A_call_can_be_answered_without_its_handler()
    {
        await using PeerPair peers = Intercept((context, next) => context.Definition.Name switch
        {
            "Run" => new("cached"),
            "Count" => new(Items.From([7, 8])),
            "Sum" => new(42L),
            _ => new("wrong"),
        });
        peers.Service.OnRun = (_, _) => throw new InvalidOperationException("It should not run.");
        Assert.Equal("cached", await Wait.For(peers.Client.RunAsync("a")));
        Assert.Equal([7, 8], await Wait.For(peers.Streams.CountAsync(2).ToListAsync().AsTask()));
        Assert.Equal(42, await Wait.For(peers.Streams.SumAsync("x", Items.From([1]))));
        Assert.Equal(StatusCode.Unknown, (await Wait.ForError(peers.Client.AddAsync(1, 2))).StatusCode);
    }

    [Fact]
    public async Task An_error_that_an_interceptor_throws_is_the_calls()
    {
        await using PeerPair peers = Intercept(async (context, next) =>
        {
            try
            {
                return await next(context);
            }
            catch (IOException)
            {
                throw new RpcException(StatusCode.FailedPrecondition, "translated");
            }
        });
        peers.Service.OnRun = (_, _) => throw new IOException();
        peers.StreamService.OnCount = (_, _) => Items.From([1, 2]).Select(i => i == 2 ? throw new IOException() : i);
        Assert.Equal(StatusCode.FailedPrecondition, (await Wait.ForError(peers.Client.RunAsync("a"))).StatusCode);
        Task<List<int>> items = peers.Streams.CountAsync(2).ToListAsync().AsTask();
        Assert.Equal("translated", (await Wait.ForError(items)).Message);
    }

    [Fact]
    public async Task Around_a_stream_an_interceptor_ends_with_the_last_item()
    {
        TaskCompletionSource<string> steps = new(TaskCreationOptions.RunContinuationsAsynchronously);
        int sent = 0;
        await using PeerPair peers = Intercept(async (context, next) =>
        {
            object? result = await next(context);
            steps.SetResult($"{context.Definition.Shape} {sent} {result}");
            return result;
        });
        peers.StreamService.OnCount = (count, _) => Items.From(Enumerable.Range(0, count)).Select(i =>
        {
            sent++;
            return i;
        });
        Assert.Equal([0, 1, 2], await Wait.For(peers.Streams.CountAsync(3).ToListAsync().AsTask()));
        Assert.Equal("ServerStream 3 ", await Wait.For(steps.Task));
    }

    [Fact]
    public async Task Every_shape_goes_through_interceptors()
    {
        int calls = 0;
        await using PeerPair peers = Intercept((context, next) =>
        {
            Interlocked.Increment(ref calls);
            return next(context);
        });
        TaskCompletionSource notified = new(TaskCreationOptions.RunContinuationsAsynchronously);
        peers.Service.OnNotify = (_, _) =>
        {
            notified.SetResult();
            return Task.CompletedTask;
        };
        Assert.Equal(3, await Wait.For(peers.Client.AddAsync(1, 2)));
        await Wait.For(peers.Client.NotifyAsync("x"));
        await Wait.For(notified.Task);
        Assert.Equal(6, await Wait.For(peers.Streams.SumAsync("x", Items.From([1, 2, 3]))));
        Assert.Equal(["A"], await Wait.For(peers.Streams.ChatAsync(Items.From(["a"])).ToListAsync().AsTask()));
        Assert.Equal("done", await Wait.For(peers.Streams.WorkAsync(null)));
        Assert.Equal(5, calls);
    }

    [Fact]
    public async Task A_service_made_for_the_call_is_made_inside_the_interceptors_and_disposed_of_once()
    {
        List<string> steps = [];
        IRpcServerInterceptor interceptor = Interceptor.Server(async (context, next) =>
        {
            steps.Add("before");
            object? result = await next(context);
            steps.Add("after");
            return result;
        });
        await using PeerPair peers = new(left: new RpcPeerOptions { ServerInterceptors = [interceptor] });
        TaskCompletionSource disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        peers.Left.AddService<IOwned>(() => new Owned(steps, disposed));
        await Wait.For(peers.Right.CreateClient<IOwned>().RunAsync());
        await Wait.For(disposed.Task);
        Assert.Equal(["before", "made", "run", "after", "disposed"], steps);
    }

    [Fact]
    public async Task The_handler_runs_once_even_if_an_interceptor_goes_on_twice()
    {
        int runs = 0;
        await using PeerPair peers = Intercept(async (context, next) =>
        {
            await next(context);
            return await next(context);
        });
        peers.Service.OnRun = (text, _) =>
        {
            runs++;
            return Task.FromResult(text);
        };
        Assert.Equal(StatusCode.Unknown, (await Wait.ForError(peers.Client.RunAsync("a"))).StatusCode);
        Assert.Equal(1, runs);
    }

    private static PeerPair Intercept(params Interceptor.Body<RpcContext>[] bodies) =>
        new(right: new RpcPeerOptions { ServerInterceptors = [.. bodies.Select(Interceptor.Server)] });

    private sealed class Owned : IOwned, IDisposable
    {
        private readonly List<string> _steps;
        private readonly TaskCompletionSource _disposed;

        internal Owned(List<string> steps, TaskCompletionSource disposed)
        {
            (_steps, _disposed) = (steps, disposed);
            steps.Add("made");
        }

        public Task RunAsync()
        {
            _steps.Add("run");
            return Task.CompletedTask;
        }

        public void Dispose()
        {
            _steps.Add("disposed");
            _disposed.SetResult();
        }
    }
}

[KvpService(Name = "test.Owned")]
public interface IOwned
{
    Task RunAsync();
}
