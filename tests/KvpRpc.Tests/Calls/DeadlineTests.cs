using KvpRpc.Calls;
using KvpRpc.Links;

namespace KvpRpc.Tests.Calls;

public sealed class DeadlineTests
{
    [Fact]
    public async Task A_call_without_an_answer_ends_at_its_deadline_on_both_sides()
    {
        await using PeerPair peers = new();
        TaskCompletionSource<CancellationToken> started = new();
        peers.Service.OnRun = (_, token) => Hang(started, token);
        Task<string> call = peers.Client.RunAsync("x");
        CancellationToken token = await Wait.For(started.Task);

        peers.Time.Advance(TimeSpan.FromSeconds(30) - TimeSpan.FromMilliseconds(1));
        Assert.False(call.IsCompleted);
        peers.Time.Advance(TimeSpan.FromMilliseconds(1));

        RpcException error = await Wait.ForError(call);
        Assert.Equal(StatusCode.DeadlineExceeded, error.StatusCode);
        Assert.False(error.CertainlyNotRun);
        Assert.Equal("test.Probe/Run did not end within 30 s; outcome unknown, it may have run.", error.Message);
        await Wait.ForCancellation(token);
    }

    [Fact]
    public async Task The_deadline_of_a_client_goes_before_that_of_its_peer()
    {
        await using PeerPair peers = new();
        peers.Service.OnRun = (_, token) => Hang(new(), token);
        IProbe client = peers.Left.CreateClient<IProbe>(new RpcClientOptions { Deadline = TimeSpan.FromSeconds(2) });
        Task<string> call = client.RunAsync("x");
        peers.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(StatusCode.DeadlineExceeded, (await Wait.ForError(call)).StatusCode);
    }

    [Fact]
    public async Task A_call_ends_at_its_deadline_though_nothing_arrives_at_the_peer()
    {
        await using PeerPair peers = new();
        peers.Links.Hold();
        Task<string> call = peers.Client.RunAsync("x");
        peers.Time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(StatusCode.DeadlineExceeded, (await Wait.ForError(call)).StatusCode);
    }

    [Fact]
    public async Task The_peer_ends_the_handler_by_itself_when_nothing_arrives_any_more()
    {
        await using PeerPair peers = new();
        TaskCompletionSource<CancellationToken> started = new();
        peers.Service.OnRun = (_, token) => Hang(started, token);
        Task<string> call = peers.Client.RunAsync("x");
        CancellationToken token = await Wait.For(started.Task);
        peers.Links.Hold();
        peers.Time.Advance(TimeSpan.FromSeconds(30));
        await Wait.ForCancellation(token);
        Assert.Equal(StatusCode.DeadlineExceeded, (await Wait.ForError(call)).StatusCode);
    }

    [Fact]
    public async Task The_time_left_is_sent_less_the_time_waited_for_a_link()
    {
        await using PeerPair peers = new(isOpen: false);
        Task<string> call = peers.Client.RunAsync("x");
        peers.Time.Advance(TimeSpan.FromSeconds(29));
        MemoryLinkPair links = new();
        peers.LeftSource.Open(links.Left);
        using KvpLinkMessage request = await ReceiveRequestAsync(links.Right);
        Assert.Equal(1000u, ReadDeadline(request));
        links.Kill();
        await Wait.ForError(call);
    }

    [Fact]
    public async Task A_call_without_a_deadline_says_none_and_never_ends_by_time()
    {
        await using PeerPair peers = new(isOpen: false);
        IProbe client = peers.Left.CreateClient<IProbe>(new RpcClientOptions { Deadline = Timeout.InfiniteTimeSpan });
        MemoryLinkPair links = new();
        peers.LeftSource.Open(links.Left);
        Task<string> call = client.RunAsync("x");
        using KvpLinkMessage request = await ReceiveRequestAsync(links.Right);
        Assert.Null(ReadDeadline(request));
        peers.Time.Advance(TimeSpan.FromDays(400));
        Assert.False(call.IsCompleted);
        links.Kill();
        Assert.Equal(StatusCode.Unavailable, (await Wait.ForError(call)).StatusCode);
    }

    [Fact]
    public async Task Work_whose_time_is_over_is_dropped_before_it_runs()
    {
        await using RawCaller raw = new();
        bool hasRun = false;
        raw.Service.OnRun = (text, _) =>
        {
            hasRun = true;
            return Task.FromResult(text);
        };
        await using KvpLinkStream stream = raw.Open();
        await stream.SendAsync(new byte[] { 0x81, 0x02, 0x02, 0x00, 0x91, 0xA1, 0x61 }, endOfStream: true, default);
        Assert.Equal(CallResetCode.DeadlineExceeded, await RawCaller.ReceiveResetAsync(stream));
        Assert.False(hasRun);
        Assert.Contains(raw.Log.Lines, line => line.Id == 105);
    }

    [Fact]
    public async Task A_call_that_waits_for_a_link_in_vain_says_what_stood_in_the_way_and_that_it_did_not_run()
    {
        await using PeerPair peers = new(isOpen: false);
        peers.LeftSource.Obstacle = "The virtual machine is off.";
        Task<string> call = peers.Client.RunAsync("x");
        peers.Time.Advance(TimeSpan.FromSeconds(30));
        RpcException error = await Wait.ForError(call);
        Assert.Equal(StatusCode.DeadlineExceeded, error.StatusCode);
        Assert.True(error.CertainlyNotRun);
        Assert.Equal(
            "No link to the peer within 30 s; test.Probe/Run did not run. The virtual machine is off.", error.Message);
    }

    private static async Task<string> Hang(TaskCompletionSource<CancellationToken> started, CancellationToken token)
    {
        started.TrySetResult(token);
        await Wait.ForCancellation(token);
        token.ThrowIfCancellationRequested();
        return "never";
    }

    private static async Task<KvpLinkMessage> ReceiveRequestAsync(MemoryLink link)
    {
        KvpLinkStream? stream = await Wait.For(link.AcceptStreamAsync(default).AsTask());
        return await Wait.For(stream!.ReceiveAsync(default).AsTask());
    }

    private static uint? ReadDeadline(KvpLinkMessage request)
    {
        Assert.True(CallMessage.TryRead(request.Data.Span, out CallMessage parts));
        Assert.True(CallHeader.TryRead(parts.Fields, out CallHeader header));
        return header.DeadlineMilliseconds;
    }
}
