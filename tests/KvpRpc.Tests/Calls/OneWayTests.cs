using KvpRpc.Links;
using Microsoft.Extensions.Logging;

namespace KvpRpc.Tests.Calls;

public sealed class OneWayTests
{
    [Fact]
    public async Task A_one_way_call_runs_and_its_caller_does_not_wait()
    {
        await using PeerPair peers = new();
        TaskCompletionSource<string> ran = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource release = new();
        peers.Service.OnNotify = async (text, _) =>
        {
            ran.SetResult(text);
            await release.Task;
        };
        await Wait.For(peers.Client.NotifyAsync("news"));
        Assert.Equal("news", await Wait.For(ran.Task));
        await Wait.Until(() => peers.Links.Left.LiveStreams == 0);
        release.SetResult();
        await Wait.Until(() => peers.Links.Right.LiveStreams == 0);
    }

    [Fact]
    public async Task A_one_way_call_completes_though_nothing_arrives()
    {
        await using PeerPair peers = new();
        peers.Links.Hold();
        await Wait.For(peers.Client.NotifyAsync("news"));
        peers.Links.Release();
    }

    [Fact]
    public async Task An_error_of_a_one_way_handler_is_logged_where_it_happens()
    {
        await using PeerPair peers = new();
        peers.Service.OnNotify = (_, _) => throw new IOException("no");
        await Wait.For(peers.Client.NotifyAsync("news"));
        await Wait.Until(() => peers.RightLog.Lines.Any(line => line is { Level: LogLevel.Error, Id: 102 }));
    }

    [Fact]
    public async Task A_one_way_call_that_nobody_takes_is_logged_by_its_caller()
    {
        await using PeerPair peers = new();
        await Wait.For(peers.Right.CreateClient<IProbe>().NotifyAsync("news"));
        await Wait.Until(() => peers.RightLog.Lines.Any(
            line => line.Id == 101 && line.Text.Contains("Unimplemented", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_deadline_ends_a_one_way_handler()
    {
        await using PeerPair peers = new();
        TaskCompletionSource<CancellationToken> started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource ended = new();
        peers.Service.OnNotify = async (_, token) =>
        {
            started.SetResult(token);
            await Wait.ForCancellation(token);
            ended.SetResult();
        };
        await Wait.For(peers.Client.NotifyAsync("news"));
        await Wait.For(started.Task);
        peers.Time.Advance(TimeSpan.FromSeconds(30));
        await Wait.For(ended.Task);
    }

    [Fact]
    public async Task Losing_the_link_does_not_end_a_one_way_handler_that_runs()
    {
        await using PeerPair peers = new();
        TaskCompletionSource<CancellationToken> started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource release = new();
        TaskCompletionSource<bool> ended = new();
        peers.Service.OnNotify = async (_, token) =>
        {
            started.SetResult(token);
            await release.Task;
            ended.SetResult(token.IsCancellationRequested);
        };
        await Wait.For(peers.Client.NotifyAsync("news"));
        await Wait.For(started.Task);
        peers.Kill();
        release.SetResult();
        Assert.False(await Wait.For(ended.Task));
    }

    [Fact]
    public async Task A_token_cancelled_after_a_one_way_call_was_sent_does_not_take_it_back()
    {
        await using PeerPair peers = new(isOpen: false);
        MemoryLinkPair links = new();
        peers.LeftSource.Open(links.Left);
        using CancellationTokenSource source = new();
        await Wait.For(peers.Client.NotifyAsync("news", source.Token));
        await source.CancelAsync();
        KvpLinkStream stream = (await Wait.For(links.Right.AcceptStreamAsync(default).AsTask()))!;
        using KvpLinkMessage message = await Wait.For(stream.ReceiveAsync(default).AsTask());
        Assert.True(message.HasContent);
        Assert.Equal(1, links.Left.LiveStreams);
        await stream.CompleteAsync(default);
        await Wait.Until(() => links.Left.LiveStreams == 0);
    }

    [Fact]
    public async Task Without_a_link_a_one_way_call_fails_like_another()
    {
        await using PeerPair peers = new(isOpen: false);
        Task call = peers.Client.NotifyAsync("news");
        peers.Time.Advance(TimeSpan.FromSeconds(30));
        RpcException error = await Wait.ForError(call);
        Assert.Equal(StatusCode.DeadlineExceeded, error.StatusCode);
        Assert.True(error.CertainlyNotRun);
    }

    [Fact]
    public async Task A_peer_that_never_closes_its_side_is_waited_for_until_the_deadline()
    {
        await using PeerPair peers = new(isOpen: false);
        MemoryLinkPair links = new();
        peers.LeftSource.Open(links.Left);
        await Wait.For(peers.Client.NotifyAsync("news"));
        Assert.Equal(1, links.Left.LiveStreams);
        peers.Time.Advance(TimeSpan.FromSeconds(30));
        await Wait.Until(() => links.Left.LiveStreams == 0);
    }
}
