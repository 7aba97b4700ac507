using KvpRpc.Tests.Calls;
using Polly.CircuitBreaker;

namespace KvpRpc.Tests.Resilience;

/// <summary>After some failures of the link calls end at once, until one that is let through finds a link.</summary>
public sealed class CircuitTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan BreakDuration = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task A_peer_to_which_no_link_comes_is_not_waited_for_by_every_call()
    {
        await using StorePair peers = new(isOpen: false);
        await FailForWantOfLinkAsync(peers, 3);
        Assert.Contains(peers.CallerLog.Lines, line => line.Id == 151);

        RpcException error = await Wait.ForError(peers.Client.WriteAsync("a"));
        Assert.Equal((StatusCode.Unavailable, true), (error.StatusCode, error.CertainlyNotRun));
        Assert.Contains("circuit to the peer is open", error.Message, StringComparison.Ordinal);
        Assert.IsType<BrokenCircuitException>(error.InnerException);
    }

    [Fact]
    public async Task The_circuit_closes_with_a_call_that_is_let_through_and_finds_a_link()
    {
        await using StorePair peers = new(isOpen: false);
        await FailForWantOfLinkAsync(peers, 3);
        peers.Time.Advance(BreakDuration);
        Task<string> probe = peers.Client.ReadAsync("probe");
        await Wait.ForError(peers.Client.ReadAsync("beside"));
        peers.Open();
        Assert.Equal("probe 1", await Wait.For(probe));
        Assert.Contains(peers.CallerLog.Lines, line => line.Id == 152);
        Assert.Equal("a 2", await Wait.For(peers.Client.WriteAsync("a")));
    }

    [Fact]
    public async Task The_circuit_stays_open_where_the_call_that_is_let_through_finds_no_link()
    {
        await using StorePair peers = new(isOpen: false);
        await FailForWantOfLinkAsync(peers, 3);
        peers.Time.Advance(BreakDuration);
        await FailForWantOfLinkAsync(peers, 1);
        Assert.True((await Wait.ForError(peers.Client.WriteAsync("a"))).CertainlyNotRun);
        Assert.DoesNotContain(peers.CallerLog.Lines, line => line.Id == 152);
    }

    [Fact]
    public async Task A_lost_link_counts_once_however_many_calls_it_carried()
    {
        await using StorePair peers = new();
        await LoseUnderCallsAsync(peers, calls: 50);
        await LoseUnderCallsAsync(peers, calls: 50);
        Assert.DoesNotContain(peers.CallerLog.Lines, line => line.Id == 151);
        await LoseUnderCallsAsync(peers, calls: 2);
        Assert.Contains(peers.CallerLog.Lines, line => line.Id == 151);
        Assert.True((await Wait.ForError(peers.Client.WriteAsync("a"))).CertainlyNotRun);
    }

    [Fact]
    public async Task Failures_far_apart_do_not_count_together()
    {
        await using StorePair peers = new();
        for (int i = 0; i < 6; i++)
        {
            await LoseUnderCallsAsync(peers, calls: 1);
            peers.Time.Advance(TimeSpan.FromMinutes(2));
        }

        Assert.DoesNotContain(peers.CallerLog.Lines, line => line.Id == 151);
    }

    [Fact]
    public async Task What_the_callee_answers_does_not_count()
    {
        await using StorePair peers = new();
        peers.Store.OnCall = (_, _, _) => throw new RpcException(StatusCode.Unavailable, "Busy.");
        for (int i = 0; i < 20; i++)
            await Wait.ForError(peers.Client.WriteAsync("a"));
        Assert.Equal(20, peers.Store.Runs);
    }

    [Fact]
    public async Task Each_peer_has_a_circuit_of_its_own()
    {
        RpcPeerOptions options = new();
        await using StorePair lost = new(options, isOpen: false);
        await using StorePair other = new(options);
        await FailForWantOfLinkAsync(lost, 3);
        Assert.Equal("a 1", await Wait.For(other.Client.ReadAsync("a")));
    }

    [Fact]
    public async Task A_circuit_that_is_switched_off_never_opens()
    {
        await using StorePair peers = new(new() { Resilience = new() { FailuresToBreak = 0 } }, isOpen: false);
        await FailForWantOfLinkAsync(peers, 5);
        Task<string> call = peers.Client.ReadAsync("a");
        peers.Open();
        Assert.Equal("a 1", await Wait.For(call));
    }

    private static async Task FailForWantOfLinkAsync(StorePair peers, int calls)
    {
        IStore client = peers.CreateClient(new() { Deadline = Deadline });
        for (int i = 0; i < calls; i++)
        {
            Task<string> call = client.WriteAsync("a");
            peers.Time.Advance(Deadline);
            RpcException error = await Wait.ForError(call);
            Assert.Equal((StatusCode.DeadlineExceeded, true), (error.StatusCode, error.CertainlyNotRun));
        }
    }

    private static async Task LoseUnderCallsAsync(StorePair peers, int calls)
    {
        int before = peers.Store.Runs;
        peers.Store.OnCall = async (_, _, token) =>
        {
            await Wait.ForCancellation(token);
            throw new OperationCanceledException(token);
        };
        Task[] all = [.. Enumerable.Range(0, calls).Select(_ => peers.Client.WriteAsync("a"))];
        await Wait.Until(() => peers.Store.Runs == before + calls);
        peers.Lose();
        foreach (Task call in all)
            Assert.Equal(StatusCode.Unavailable, (await Wait.ForError(call)).StatusCode);
        peers.Open();
    }
}
