using KvpRpc.Resilience;
using KvpRpc.Tests.Calls;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace KvpRpc.Tests.Resilience;

/// <summary>Pipelines that replace the default one.</summary>
public sealed class PipelineTests
{
    [Fact]
    public async Task A_pipeline_of_ones_own_sees_every_call_and_knows_which_may_be_made_again()
    {
        List<string?> seen = [];
        ResiliencePipelineBuilder? given = null;
        RpcPeerOptions options = new()
        {
            Resilience = new()
            {
                Configure = builder => (given = builder).AddRetry(new RetryStrategyOptions
                {
                    Delay = TimeSpan.Zero,
                    ShouldHandle = arguments =>
                    {
                        seen.Add(arguments.Context.OperationKey);
                        return new(RpcResilience.CanRetry(arguments.Context, arguments.Outcome.Exception));
                    },
                }),
            },
        };
        await using StorePair peers = new(options);
        Assert.Null(given);
        Assert.Equal("a 1", await Wait.For(peers.Client.WriteAsync("a")));
        Assert.Equal(["test.Store/Write"], seen);
        Assert.Equal((RpcResilience.PipelineName, "Unknown"), (given!.Name, given.InstanceName));
        Assert.Same(peers.Time, given.TimeProvider);

        peers.Store.OnCall = (run, key, _) =>
            run < 4 ? throw new RpcException(StatusCode.Unavailable, "Busy.") : Task.FromResult(key);
        Assert.Equal("b", await Wait.For(peers.Client.ReadAsync("b")));
        Assert.Equal([1, 1, 2, 3], peers.Store.Attempts);
        await Wait.ForError(FailAsync(peers));
        Assert.Equal([1, 1, 2, 3, 1], peers.Store.Attempts);
    }

    [Fact]
    public async Task A_strategy_that_gives_an_attempt_no_more_time_ends_it_at_the_callee_too()
    {
        RpcPeerOptions options = new()
        {
            Resilience = new() { Configure = static builder => builder.AddTimeout(TimeSpan.FromSeconds(3)) },
        };
        await using StorePair peers = new(options);
        TaskCompletionSource<CancellationToken> begun = new();
        peers.Store.OnCall = async (_, key, token) =>
        {
            begun.SetResult(token);
            await Wait.ForCancellation(token);
            return key;
        };
        Task<string> call = peers.Client.ReadAsync("a");
        CancellationToken token = await Wait.For(begun.Task);
        peers.Time.Advance(TimeSpan.FromSeconds(3));
        RpcException error = await Wait.ForError(call);
        Assert.Equal((StatusCode.DeadlineExceeded, false), (error.StatusCode, error.CertainlyNotRun));
        Assert.IsType<TimeoutRejectedException>(error.InnerException);
        await Wait.ForCancellation(token);
    }

    [Fact]
    public async Task The_deadline_and_the_caller_end_a_call_in_a_pipeline_as_ever()
    {
        RpcPeerOptions options = new()
        {
            Resilience = new() { Configure = static builder => builder.AddTimeout(TimeSpan.FromHours(1)) },
        };
        await using StorePair peers = new(options, isOpen: false);
        Task<string> late = peers.CreateClient(new() { Deadline = TimeSpan.FromSeconds(10) }).ReadAsync("a");
        peers.Time.Advance(TimeSpan.FromSeconds(10));
        RpcException error = await Wait.ForError(late);
        Assert.Equal((StatusCode.DeadlineExceeded, true), (error.StatusCode, error.CertainlyNotRun));
        Assert.Contains("within 10 s", error.Message, StringComparison.Ordinal);

        using CancellationTokenSource source = new();
        Task<string> cancelled = peers.Client.ReadAsync("a", source.Token);
        await source.CancelAsync();
        OperationCanceledException exception =
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(cancelled));
        Assert.Equal(source.Token, exception.CancellationToken);
    }

    [Fact]
    public async Task A_client_can_have_a_pipeline_of_its_own_or_none()
    {
        await using StorePair peers = new();
        peers.Store.OnCall = (run, key, _) =>
            run < 3 ? throw new RpcException(StatusCode.Unavailable, "Busy.") : Task.FromResult(key);
        IStore plain = peers.CreateClient(new() { Resilience = ResiliencePipeline.Empty });
        await Wait.ForError(plain.ReadAsync("a"));
        Assert.Equal(1, peers.Store.Runs);

        ResiliencePipeline eager = new ResiliencePipelineBuilder().AddRetry(new() { Delay = TimeSpan.Zero }).Build();
        Assert.Equal("a", await Wait.For(peers.CreateClient(new() { Resilience = eager }).ReadAsync("a")));
        Assert.Equal(3, peers.Store.Runs);
    }

    [Fact]
    public async Task The_default_can_be_part_of_a_pipeline_of_ones_own()
    {
        RpcPeerOptions options = new()
        {
            Resilience = new()
            {
                Configure = static builder => builder.AddKvpRpcDefaults(new() { RetryDelay = TimeSpan.Zero }),
            },
        };
        await using StorePair peers = new(options);
        peers.Links.Hold();
        Task<string> call = peers.Client.WriteAsync("a");
        peers.Lose();
        peers.Open();
        Assert.Equal("a 1", await Wait.For(call));
    }

    [Fact]
    public async Task An_exception_of_the_callers_own_source_comes_through_a_pipeline_as_it_was_thrown()
    {
        RpcPeerOptions options = new()
        {
            Resilience = new() { Configure = static builder => builder.AddKvpRpcDefaults() },
        };
        await using StorePair peers = new(options);
        RpcException thrown = new(StatusCode.Unavailable, "From another call.", certainlyNotRun: true);
        RpcException seen = await Wait.ForError(peers.Client.SumAsync(Items.Broken([1, 2], thrown)));
        Assert.Same(thrown, seen);
    }

    [Fact]
    public void Options_out_of_their_range_are_refused_with_the_peer()
    {
        MemoryLinkSource source = new();
        Assert.Throws<ArgumentOutOfRangeException>(
            () => new RpcPeer(source, new() { Resilience = new() { MaxRetries = 11 } }));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => new RpcPeer(source, new() { Resilience = new() { FailuresToBreak = 1 } }));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => new RpcPeer(source, new() { Resilience = new() { BreakDuration = TimeSpan.Zero } }));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => new RpcPeer(source, new() { Dedupe = new() { MaxAnswers = -1 } }));
    }

    private static async Task FailAsync(StorePair peers)
    {
        peers.Store.OnCall = (_, _, _) => throw new RpcException(StatusCode.Unavailable, "Busy.");
        await peers.Client.WriteAsync("c");
    }
}
