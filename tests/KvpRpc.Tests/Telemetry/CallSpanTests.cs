using System.Diagnostics;
using KvpRpc.Tests.Calls;
using KvpRpc.Tests.EndToEnd;
using KvpRpc.Tests.Resilience;

namespace KvpRpc.Tests.Telemetry;

/// <summary>Calls leave spans on both sides, by the names that OpenTelemetry gives them.</summary>
[Collection(TelemetryGroup.Name)]
public sealed class CallSpanTests
{
    private const string Run = "test.Probe/Run";

    [Fact]
    public async Task One_trace_spans_host_and_guest()
    {
        using SpanList spans = new();
        await using EmulatedPair pair = await EmulatedPair.StartAsync();
        using Activity caller = new("test");
        caller.Start();
        await Wait.For(pair.Machine.CreateClient<IEcho>().EchoAsync("x", TestContext.Current.CancellationToken));
        Assert.Same(caller, Activity.Current);

        Activity client = await spans.WaitForAsync(ActivityKind.Client, "KvpRpc.Tests.EndToEnd.IEcho/Echo");
        Activity server = await spans.WaitForAsync(ActivityKind.Server, "KvpRpc.Tests.EndToEnd.IEcho/Echo");
        Assert.Equal(caller.SpanId, client.ParentSpanId);
        Assert.Equal((client.TraceId, client.SpanId), (server.TraceId, server.ParentSpanId));
        Assert.True(server.HasRemoteParent);
        Assert.Equal("web-01", client.GetTagItem("server.address"));
    }

    [Fact]
    public async Task A_span_says_which_method_of_which_system_ended_how()
    {
        using SpanList spans = new();
        await using PeerPair peers = new();
        await Wait.For(peers.Client.RunAsync("x"));
        foreach (ActivityKind kind in new[] { ActivityKind.Client, ActivityKind.Server })
        {
            Activity span = await spans.WaitForAsync(kind, Run);
            Assert.Equal(
                [("rpc.method", Run), ("rpc.status_code", "OK"), ("rpc.system.name", "kvprpc")],
                span.TagObjects.Select(tag => (tag.Key, (string)tag.Value!)).Order());
            Assert.Equal(ActivityStatusCode.Unset, span.Status);
        }
    }

    [Fact]
    public async Task A_call_that_a_handler_makes_is_a_child_of_the_handlers_span()
    {
        using SpanList spans = new();
        await using PeerPair peers = new();
        IProbe toLeft = peers.Right.CreateClient<IProbe>();
        peers.Left.AddService<IProbe>(new ProbeService(), RpcAccess.Anyone);
        peers.Service.OnRun = async (_, _) => $"{await toLeft.AddAsync(1, 2)}";

        Assert.Equal("3", await Wait.For(peers.Client.RunAsync("x")));

        Activity outer = await spans.WaitForAsync(ActivityKind.Server, Run);
        Activity nested = await spans.WaitForAsync(ActivityKind.Client, "test.Probe/Add");
        Activity innermost = await spans.WaitForAsync(ActivityKind.Server, "test.Probe/Add");
        Assert.Equal((outer.TraceId, outer.SpanId), (nested.TraceId, nested.ParentSpanId));
        Assert.Equal((outer.TraceId, nested.SpanId), (innermost.TraceId, innermost.ParentSpanId));
    }

    [Theory]
    [InlineData(StatusCode.NotFound, "NOT_FOUND", false)]
    [InlineData(StatusCode.Internal, "INTERNAL", true)]
    public async Task An_error_of_the_callers_making_is_none_of_the_callee(
        StatusCode status, string text, bool isErrorOfServer)
    {
        using SpanList spans = new();
        await using PeerPair peers = new();
        peers.Service.OnRun = (_, _) => throw new RpcException(status, "no");
        await Wait.ForError(peers.Client.RunAsync("x"));
        AssertEnd(await spans.WaitForAsync(ActivityKind.Client, Run), text, isError: true);
        AssertEnd(await spans.WaitForAsync(ActivityKind.Server, Run), text, isErrorOfServer);
    }

    [Fact]
    public async Task A_cancelled_call_is_cancelled_in_both_spans()
    {
        using SpanList spans = new();
        await using PeerPair peers = new();
        using CancellationTokenSource source = new();
        TaskCompletionSource began = new(TaskCreationOptions.RunContinuationsAsynchronously);
        peers.Service.OnRun = async (text, token) =>
        {
            began.SetResult();
            await new TaskCompletionSource().Task.WaitAsync(token);
            return text;
        };
        Task<string> call = peers.Client.RunAsync("x", source.Token);
        await Wait.For(began.Task);
        await source.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(() => Wait.For(call));
        AssertEnd(await spans.WaitForAsync(ActivityKind.Client, Run), "CANCELLED", isError: true);
        AssertEnd(await spans.WaitForAsync(ActivityKind.Server, Run), "CANCELLED", isError: false);
    }

    [Fact]
    public async Task A_passed_deadline_is_an_error_of_both()
    {
        using SpanList spans = new();
        await using PeerPair peers = new(left: new() { DefaultDeadline = TimeSpan.FromSeconds(2) });
        TaskCompletionSource began = new(TaskCreationOptions.RunContinuationsAsynchronously);
        peers.Service.OnRun = async (text, token) =>
        {
            began.SetResult();
            await new TaskCompletionSource().Task.WaitAsync(token);
            return text;
        };
        Task<string> call = peers.Client.RunAsync("x");
        await Wait.For(began.Task);
        peers.Time.Advance(TimeSpan.FromSeconds(2));
        await Wait.ForError(call);
        Activity client = await spans.WaitForAsync(ActivityKind.Client, Run);
        AssertEnd(client, "DEADLINE_EXCEEDED", isError: true);
        AssertEnd(await spans.WaitForAsync(ActivityKind.Server, Run), "DEADLINE_EXCEEDED", isError: true);
        Assert.Equal(TimeSpan.FromSeconds(2), client.Duration);
    }

    [Fact]
    public async Task A_method_that_is_not_offered_does_not_name_a_span_of_the_callee()
    {
        using SpanList spans = new();
        await using PeerPair peers = new();
        await Wait.ForError(peers.Left.CreateClient<IEcho>().FailAsync("x"));
        Activity server = await spans.WaitForAsync(ActivityKind.Server, "kvprpc");
        Assert.Equal("_OTHER", server.GetTagItem("rpc.method"));
        Assert.Equal("KvpRpc.Tests.EndToEnd.IEcho/Fail", server.GetTagItem("rpc.method_original"));
        AssertEnd(server, "UNIMPLEMENTED", isError: true);
    }

    [Fact]
    public async Task The_span_of_a_stream_lasts_as_long_as_the_stream()
    {
        using SpanList spans = new();
        await using PeerPair peers = new();
        int count = 0;
        await foreach (int _ in peers.Streams.CountAsync(3, TestContext.Current.CancellationToken))
        {
            peers.Time.Advance(TimeSpan.FromSeconds(1));
            count++;
        }

        Assert.Equal(3, count);
        Activity client = await spans.WaitForAsync(ActivityKind.Client, "test.Streams/Count");
        AssertEnd(client, "OK", isError: false);
        Assert.Equal(TimeSpan.FromSeconds(3), client.Duration);
        Assert.Null(Activity.Current);
    }

    [Fact]
    public async Task A_stream_that_is_left_early_is_cancelled()
    {
        using SpanList spans = new();
        await using PeerPair peers = new();
        await foreach (int _ in peers.Streams.CountAsync(3, TestContext.Current.CancellationToken))
            break;
        AssertEnd(
            await spans.WaitForAsync(ActivityKind.Client, "test.Streams/Count"), "CANCELLED", isError: true);
    }

    [Fact]
    public async Task A_one_way_call_has_ended_for_its_caller_when_it_is_sent()
    {
        using SpanList spans = new();
        await using PeerPair peers = new();
        await Wait.For(peers.Client.NotifyAsync("x"));
        AssertEnd(await spans.WaitForAsync(ActivityKind.Client, "test.Probe/Notify"), "OK", isError: false);
        AssertEnd(await spans.WaitForAsync(ActivityKind.Server, "test.Probe/Notify"), "OK", isError: false);
    }

    [Fact]
    public async Task All_attempts_of_a_call_are_one_span_of_the_caller()
    {
        using SpanList spans = new();
        await using StorePair peers = new();
        peers.Links.Hold();
        Task<string> call = peers.Client.WriteAsync("a");
        peers.Lose();
        peers.Open();
        Assert.Equal("a 1", await peers.ResultOf(call));
        Activity client = await spans.WaitForAsync(ActivityKind.Client, "test.Store/Write");
        AssertEnd(client, "OK", isError: false);
        Activity server = await spans.WaitForAsync(ActivityKind.Server, "test.Store/Write");
        Assert.Equal(client.SpanId, server.ParentSpanId);
    }

    [Fact]
    public async Task Where_nobody_listens_there_is_no_span_and_no_measurement()
    {
        await using PeerPair peers = new();
        Activity? seen = null;
        bool isMeasured = true;
        peers.Service.OnRun = (text, _) =>
        {
            seen = Activity.Current;
            isMeasured = RpcContext.CurrentCall!.Measurement is not null;
            return Task.FromResult(text);
        };
        await Wait.For(peers.Client.RunAsync("x"));
        Assert.Null(seen);
        Assert.False(isMeasured);
    }

    private static void AssertEnd(Activity span, string status, bool isError)
    {
        Assert.Equal(status, span.GetTagItem("rpc.status_code"));
        Assert.Equal(isError ? status : null, span.GetTagItem("error.type"));
        Assert.Equal(isError ? ActivityStatusCode.Error : ActivityStatusCode.Unset, span.Status);
    }
}
