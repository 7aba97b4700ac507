using System.Diagnostics;

namespace KvpRpc.Tests.Calls;

/// <summary>What a handler knows of its call, and what calls of a handler inherit.</summary>
public sealed class ContextTests
{
    [Fact]
    public async Task A_handler_knows_its_call()
    {
        await using PeerPair peers = new();
        RpcContext? context = null;
        CancellationToken given = default;
        peers.Service.OnRun = async (text, token) =>
        {
            await Task.Yield();
            context = RpcContext.Current!;
            given = token;
            Assert.Equal(TimeSpan.FromSeconds(7), context.TimeLeft);
            return text;
        };
        await Wait.For(RpcClients.With(peers.Client, new()
        {
            Deadline = TimeSpan.FromSeconds(7),
            IdempotencyId = new byte[] { 1, 2 },
        }).RunAsync("x"));
        Assert.Equal("test.Probe/Run", context!.Method);
        Assert.Equal(1, context.Attempt);
        Assert.Equal([1, 2], context.IdempotencyId.ToArray());
        Assert.Equal(RpcPeerIdentity.Unknown, context.Peer);
        Assert.Empty(context.RequestMetadata);
        Assert.Equal(given, context.Cancelled);
        Assert.False(context.Stopping.IsCancellationRequested);
        Assert.Null(RpcContext.Current);
    }

    [Fact]
    public async Task Each_of_many_handlers_at_once_has_its_own_context()
    {
        await using PeerPair peers = new();
        peers.Service.OnRun = async (text, _) =>
        {
            string? before = RpcContext.Current!.RequestMetadata.GetText("n");
            await Task.Yield();
            Assert.Equal(before, RpcContext.Current!.RequestMetadata.GetText("n"));
            return before!;
        };
        string[] answers = await Wait.For(Task.WhenAll(Enumerable.Range(0, 100).Select(i =>
            RpcClients.With(peers.Client, new() { Metadata = new() { { "n", $"{i}" } } }).RunAsync("x"))));
        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"{i}"), answers);
    }

    [Fact]
    public async Task A_call_from_a_handler_has_no_more_time_than_its_cause()
    {
        await using PeerPair peers = new();
        TimeSpan? inner = null;
        ProbeService back = new() { OnRun = (text, _) => Answer(text, () => inner = RpcContext.Current!.TimeLeft) };
        peers.Left.AddService<IProbe>(back);
        IProbe caller = peers.Right.CreateClient<IProbe>();
        peers.Service.OnRun = (text, token) =>
        {
            peers.Time.Advance(TimeSpan.FromSeconds(3));
            return caller.RunAsync(text, token);
        };
        await Wait.For(RpcClients.With(peers.Client, new() { Deadline = TimeSpan.FromSeconds(10) }).RunAsync("x"));
        Assert.Equal(TimeSpan.FromSeconds(7), inner);

        // One that has less of its own keeps that.
        caller = peers.Right.CreateClient<IProbe>(new() { Deadline = TimeSpan.FromSeconds(1) });
        await Wait.For(peers.Client.RunAsync("x"));
        Assert.Equal(TimeSpan.FromSeconds(1), inner);

        // One without a deadline gets that of its cause; outside of a handler it has none.
        caller = peers.Right.CreateClient<IProbe>(new() { Deadline = Timeout.InfiniteTimeSpan });
        await Wait.For(peers.Client.RunAsync("x"));
        Assert.Equal(TimeSpan.FromSeconds(27), inner);
        await Wait.For(caller.RunAsync("x"));
        Assert.Null(inner);
    }

    [Fact]
    public async Task A_call_from_a_handler_whose_time_is_over_is_not_sent()
    {
        await using PeerPair peers = new();
        IProbe caller = peers.Right.CreateClient<IProbe>();
        TaskCompletionSource<RpcException> error = new(TaskCreationOptions.RunContinuationsAsynchronously);
        peers.Service.OnRun = async (text, _) =>
        {
            peers.Time.Advance(TimeSpan.FromSeconds(30));
            error.SetResult(await Wait.ForError(caller.RunAsync(text, default)));
            return text;
        };
        await Wait.ForError(peers.Client.RunAsync("x"));
        RpcException inner = await Wait.For(error.Task);
        Assert.Equal((StatusCode.DeadlineExceeded, true), (inner.StatusCode, inner.CertainlyNotRun));
        Assert.Equal(0, peers.Links.Right.OpenedStreams);
    }

    [Fact]
    public async Task What_a_handler_leaves_behind_is_free_of_its_deadline()
    {
        await using PeerPair peers = new();
        ProbeService back = new();
        peers.Left.AddService<IProbe>(back);
        IProbe caller = peers.Right.CreateClient<IProbe>();
        TaskCompletionSource ended = new();
        Task<string> left = Task.FromResult("");
        peers.Service.OnRun = (text, _) =>
        {
            left = LaterAsync();
            return Task.FromResult(text);

            async Task<string> LaterAsync()
            {
                await ended.Task;
                return await caller.RunAsync("later", default);
            }
        };
        Assert.Equal("x", await Wait.For(peers.Client.RunAsync("x")));
        await Wait.Until(() => peers.Links.Right.LiveStreams == 0);
        peers.Time.Advance(TimeSpan.FromSeconds(60));
        ended.SetResult();
        Assert.Equal("later", await Wait.For(left));
    }

    [Fact]
    public async Task Calls_nested_in_both_directions_do_not_wait_for_each_other()
    {
        await using PeerPair peers = new(
            left: new() { MaxConcurrentCalls = 8 }, right: new() { MaxConcurrentCalls = 8 });
        ProbeService back = new();
        peers.Left.AddService<IProbe>(back);
        IProbe toLeft = peers.Right.CreateClient<IProbe>();
        peers.Service.OnRun = (text, token) => Deeper(toLeft, text, token);
        back.OnRun = (text, token) => Deeper(peers.Client, text, token);
        string[] answers = await Wait.For(
            Task.WhenAll(Enumerable.Range(0, 2).Select(_ => peers.Client.RunAsync("5"))));
        Assert.All(answers, answer => Assert.Equal("0", answer));

        static Task<string> Deeper(IProbe next, string text, CancellationToken token)
        {
            int depth = int.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
            return depth == 0 ? Task.FromResult(text) : next.RunAsync($"{depth - 1}", token);
        }
    }

    [Fact]
    public async Task A_handler_that_blocks_on_a_call_back_gets_its_answer()
    {
        await using PeerPair peers = new();
        ProbeService back = new();
        peers.Left.AddService<IProbe>(back);
        IProbe toLeft = peers.Right.CreateClient<IProbe>();
        peers.Service.OnRun = (text, token) => Task.FromResult(Block(toLeft.RunAsync(text, token)));
        Assert.Equal("x", await Wait.For(peers.Client.RunAsync("x")));

        static string Block(Task<string> call) => call.GetAwaiter().GetResult();
    }

    [Fact]
    public async Task The_trace_goes_with_the_call_and_on_with_those_of_its_handler()
    {
        await using PeerPair peers = new();
        (string Parent, string State) seen = default;
        ProbeService back = new()
        {
            OnRun = (text, _) => Answer(text, () => seen = (
                Convert.ToHexStringLower(RpcContext.CurrentCall!.TraceParent),
                System.Text.Encoding.ASCII.GetString(RpcContext.CurrentCall!.TraceState))),
        };
        peers.Left.AddService<IProbe>(back);
        IProbe toLeft = peers.Right.CreateClient<IProbe>();
        peers.Service.OnRun = toLeft.RunAsync;
        using Activity activity = new("test");
        activity.SetIdFormat(ActivityIdFormat.W3C);
        activity.ActivityTraceFlags = ActivityTraceFlags.Recorded;
        activity.TraceStateString = "vendor=1";
        activity.Start();
        await Wait.For(peers.Client.RunAsync("x"));
        Assert.Equal($"{activity.TraceId}{activity.SpanId}01", seen.Parent);
        Assert.Equal("vendor=1", seen.State);
    }

    private static Task<string> Answer(string text, Action action)
    {
        action();
        return Task.FromResult(text);
    }
}
