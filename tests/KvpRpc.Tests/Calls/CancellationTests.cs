using KvpRpc.Calls;
using KvpRpc.Links;
using Microsoft.Extensions.Logging;

namespace KvpRpc.Tests.Calls;

public sealed class CancellationTests
{
    [Fact]
    public async Task Cancelling_ends_the_call_at_once_and_reaches_the_handler()
    {
        await using PeerPair peers = new();
        using CancellationTokenSource source = new();
        TaskCompletionSource<CancellationToken> started = new();
        peers.Service.OnRun = async (_, token) =>
        {
            started.TrySetResult(token);
            await Wait.ForCancellation(token);
            throw new OperationCanceledException(token);
        };
        Task<string> call = peers.Client.RunAsync("x", source.Token);
        CancellationToken token = await Wait.For(started.Task);
        await source.CancelAsync();
        OperationCanceledException error =
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(call));
        Assert.Equal(source.Token, error.CancellationToken);
        Assert.True(call.IsCanceled);
        await Wait.ForCancellation(token);
    }

    [Fact]
    public async Task Cancelling_ends_the_call_though_the_peer_does_not_answer()
    {
        await using PeerPair peers = new();
        peers.Links.Hold();
        using CancellationTokenSource source = new();
        Task<string> call = peers.Client.RunAsync("x", source.Token);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(call));
    }

    [Fact]
    public async Task A_call_cancelled_before_it_starts_opens_no_stream()
    {
        await using PeerPair peers = new();
        Task<string> call = peers.Client.RunAsync("x", new CancellationToken(canceled: true));
        Assert.True(call.IsCanceled);
        Assert.True(peers.Client.NotifyAsync("x", new CancellationToken(canceled: true)).IsCanceled);
        Assert.Equal(0, peers.Links.Left.OpenedStreams);
    }

    [Fact]
    public async Task Cancelling_ends_the_wait_for_a_link()
    {
        await using PeerPair peers = new(isOpen: false);
        using CancellationTokenSource source = new();
        Task<string> call = peers.Client.RunAsync("x", source.Token);
        Assert.False(call.IsCompleted);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(call));
    }

    [Fact]
    public async Task Cancelling_ends_a_send_that_waits_for_the_peer()
    {
        await using PeerPair peers = new(links: new MemoryLinkPair(windowBytes: 0));
        using CancellationTokenSource source = new();
        Task<string> call = peers.Client.RunAsync("x", source.Token);
        Assert.False(call.IsCompleted);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(call));
    }

    [Fact]
    public async Task The_stream_is_reset_with_the_reason()
    {
        await using PeerPair peers = new(isOpen: false);
        MemoryLinkPair links = new();
        peers.LeftSource.Open(links.Left);
        using CancellationTokenSource source = new();
        Task<string> cancelled = peers.Client.RunAsync("x", source.Token);
        KvpLinkStream first = (await Wait.For(links.Right.AcceptStreamAsync(default).AsTask()))!;
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(cancelled));
        Assert.Equal(CallResetCode.Cancelled, await RawCaller.ReceiveResetAsync(first));

        Task<string> late = peers.Client.RunAsync("x");
        KvpLinkStream second = (await Wait.For(links.Right.AcceptStreamAsync(default).AsTask()))!;
        peers.Time.Advance(TimeSpan.FromSeconds(30));
        await Wait.ForError(late);
        Assert.Equal(CallResetCode.DeadlineExceeded, await RawCaller.ReceiveResetAsync(second));
    }

    [Fact]
    public async Task Nothing_above_debug_is_logged_for_a_cancellation()
    {
        await using PeerPair peers = new();
        using CancellationTokenSource source = new();
        TaskCompletionSource started = new();
        TaskCompletionSource ended = new();
        peers.Service.OnRun = async (_, token) =>
        {
            started.TrySetResult();
            using CancellationTokenRegistration registration = token.Register(() => ended.TrySetResult());
            await ended.Task;
            throw new OperationCanceledException(token);
        };
        Task<string> call = peers.Client.RunAsync("x", source.Token);
        await Wait.For(started.Task);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(call));
        await Wait.Until(() => peers.RightLog.Lines.Any(line => line.Id == 104));
        Assert.All(peers.LeftLog.Lines.Concat(peers.RightLog.Lines), line => Assert.Equal(LogLevel.Debug, line.Level));
        Assert.Contains(peers.LeftLog.Lines, line => line.Id == 100);
    }

    [Fact]
    public async Task A_call_after_a_cancelled_one_is_untouched_by_it()
    {
        await using PeerPair peers = new();
        peers.Service.OnRun = async (text, token) =>
        {
            if (text == "hang")
                await Wait.ForCancellation(token);
            return text;
        };
        for (int i = 0; i < 200; i++)
        {
            using CancellationTokenSource source = new();
            Task<string> hanging = peers.Client.RunAsync("hang", source.Token);
            Task cancel = source.CancelAsync();
            Assert.Equal("next", await Wait.For(peers.Client.RunAsync("next")));
            await cancel;
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(hanging));
        }
    }

    [Fact]
    public async Task A_token_cancelled_after_the_call_does_no_harm()
    {
        await using PeerPair peers = new();
        using CancellationTokenSource source = new();
        Assert.Equal("1", await Wait.For(peers.Client.RunAsync("1", source.Token)));
        await source.CancelAsync();
        Assert.Equal("2", await Wait.For(peers.Client.RunAsync("2")));
    }
}
