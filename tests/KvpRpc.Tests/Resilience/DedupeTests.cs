using CsCheck;
using KvpRpc.Resilience;
using KvpRpc.Tests.Calls;

namespace KvpRpc.Tests.Resilience;

/// <summary>A call whose answer was lost with its link gets it again, and does not run twice.</summary>
public sealed class DedupeTests
{
    /// <summary>Where a link is lost: how much of the call it has carried by then.</summary>
    public enum Loss
    {
        /// <summary>Nothing of it.</summary>
        BeforeIssue,

        /// <summary>The request, and the handler runs.</summary>
        WhileRunning,

        /// <summary>The request, and the answer has been written.</summary>
        AfterAnswer,
    }

    [Theory]
    [InlineData(Loss.BeforeIssue)]
    [InlineData(Loss.WhileRunning)]
    [InlineData(Loss.AfterAnswer)]
    public async Task An_idempotent_call_runs_once_wherever_the_link_is_lost(Loss loss) =>
        Assert.Equal((1, "a 1"), await CallAsync([loss], isIdempotent: true));

    [Fact]
    public async Task An_idempotent_call_runs_once_however_often_links_are_lost() =>
        await Gen.Enum<Loss>().Array[0, 3].SampleAsync(
            async losses => Assert.Equal((1, "a 1"), await CallAsync(losses, isIdempotent: true)), iter: 60);

    [Fact]
    public async Task Another_call_succeeds_only_if_no_attempt_may_have_run() =>
        await Gen.Enum<Loss>().Array[0, 3].SampleAsync(
            async losses =>
            {
                (int runs, string? result) = await CallAsync(losses, isIdempotent: false);
                Assert.Equal(1, runs);
                Assert.Equal(losses.All(loss => loss == Loss.BeforeIssue) ? "a 1" : null, result);
            },
            iter: 60);

    [Fact]
    public async Task Without_a_window_the_call_runs_again()
    {
        await using StorePair peers = new(callee: new() { Dedupe = RpcDedupeOptions.None });
        Task<string> call = await LoseAnswerAsync(peers, peers.Client.ReadAsync);
        peers.Open();
        Assert.Equal("a 2", await peers.ResultOf(call));
    }

    [Fact]
    public async Task A_new_life_of_the_callee_knows_nothing_of_the_call()
    {
        await using StorePair peers = new();
        Task<string> call = await LoseAnswerAsync(peers, peers.Client.ReadAsync);
        await peers.RestartCalleeAsync();
        peers.Open();
        Assert.Equal("a 2", await peers.ResultOf(call));
    }

    [Fact]
    public async Task An_error_is_an_answer_too()
    {
        await using StorePair peers = new();
        peers.Store.OnCall = (run, _, _) => throw new RpcException(StatusCode.NotFound, $"Run {run}.");
        Task<string> call = await LoseAnswerAsync(peers, peers.Client.ReadAsync);
        peers.Open();
        Assert.Equal("Run 1.", (await peers.ErrorOf(call)).Message);
        Assert.Equal(1, peers.Store.Runs);
    }

    [Fact]
    public async Task An_answer_that_asks_for_another_attempt_is_not_kept()
    {
        await using StorePair peers = new();
        peers.Store.OnCall = (run, key, _) => run == 1
            ? throw new RpcException(StatusCode.Unavailable, "Busy.")
            : Task.FromResult($"{key} {run}");
        Task<string> call = await LoseAnswerAsync(peers, peers.Client.ReadAsync);
        peers.Open();
        Assert.Equal("a 2", await peers.ResultOf(call));
    }

    [Fact]
    public async Task An_id_of_the_callers_own_makes_two_calls_one()
    {
        await using StorePair peers = new();
        IStore client = RpcClients.With(peers.Client, new() { IdempotencyId = new byte[] { 1, 2, 3 } });
        Assert.Equal("a 1", await Wait.For(client.WriteAsync("a")));
        Assert.Equal("a 1", await Wait.For(client.WriteAsync("a")));
        Assert.Equal("a 2", await Wait.For(client.ReadAsync("a")));
        IStore other = RpcClients.With(peers.Client, new() { IdempotencyId = new byte[] { 1, 2, 4 } });
        Assert.Equal("a 3", await Wait.For(other.WriteAsync("a")));
    }

    [Fact]
    public async Task An_id_of_the_callers_own_outlives_the_link_and_the_caller_but_not_its_time()
    {
        await using StorePair peers = new(callee: new() { Dedupe = new() { KeepFor = TimeSpan.FromSeconds(60) } });
        IStore client = RpcClients.With(peers.Client, new() { IdempotencyId = new byte[] { 1 } });
        Assert.Equal("a 1", await Wait.For(client.WriteAsync("a")));
        peers.Lose();
        peers.Open();
        peers.Time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal("a 1", await Wait.For(client.WriteAsync("a")));
        peers.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("a 2", await Wait.For(client.WriteAsync("a")));
    }

    [Fact]
    public async Task Calls_that_name_nothing_are_never_taken_for_each_other()
    {
        await using StorePair peers = new();
        for (int i = 1; i <= 300; i++)
            Assert.Equal($"a {i}", await Wait.For(peers.Client.ReadAsync("a")));
    }

    /// <summary>Makes a call and loses its link once for each loss.</summary>
    /// <returns>How often it ran, and the result; null: it failed.</returns>
    private static async Task<(int Runs, string? Result)> CallAsync(Loss[] losses, bool isIdempotent)
    {
        await using StorePair peers = new(isOpen: false);
        TaskCompletionSource mayEnd = new(TaskCreationOptions.RunContinuationsAsynchronously);
        peers.Store.OnCall = async (run, key, _) =>
        {
            await mayEnd.Task;
            return $"{key} {run}";
        };
        Task<string>? call = null;
        foreach (Loss loss in losses)
        {
            MemoryLinkPair links = new();
            if (loss == Loss.BeforeIssue)
                links.Hold();
            peers.Open(links);
            call ??= isIdempotent ? peers.Client.ReadAsync("a") : peers.Client.WriteAsync("a");
            await Pass(peers, () => links.Left.OpenedStreams > 0 || call.IsCompleted);
            if (loss != Loss.BeforeIssue)
            {
                // The handler begins once: later attempts come to the one that runs, or has run.
                await Pass(peers, () => peers.Store.Runs == 1);
                if (loss == Loss.AfterAnswer)
                {
                    links.Hold();
                    mayEnd.TrySetResult();
                    await Wait.Until(() => links.Right.LiveStreams == 0);
                }
            }

            peers.Lose();
        }

        peers.Open();
        mayEnd.TrySetResult();
        call ??= isIdempotent ? peers.Client.ReadAsync("a") : peers.Client.WriteAsync("a");
        await peers.PassUntilEndOf(call);
        return (peers.Store.Runs, call.IsCompletedSuccessfully ? await call : null);
    }

    private static Task Pass(StorePair peers, Func<bool> condition) => Wait.Until(() =>
    {
        if (condition())
            return true;
        peers.Time.Advance(TimeSpan.FromMilliseconds(100));
        return false;
    });

    /// <summary>Makes a call whose answer is written and lost.</summary>
    private static async Task<Task<string>> LoseAnswerAsync(
        StorePair peers, Func<string, CancellationToken, Task<string>> make)
    {
        Func<int, string, CancellationToken, Task<string>> handler = peers.Store.OnCall;
        TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource mayEnd = new(TaskCreationOptions.RunContinuationsAsynchronously);
        peers.Store.OnCall = async (run, key, token) =>
        {
            begun.TrySetResult();
            await mayEnd.Task;
            return await handler(run, key, token);
        };
        Task<string> call = make("a", default);
        await Wait.For(begun.Task);
        peers.Links.Hold();
        mayEnd.SetResult();
        await Wait.Until(() => peers.Links.Right.LiveStreams == 0);
        peers.Lose();
        return call;
    }
}
