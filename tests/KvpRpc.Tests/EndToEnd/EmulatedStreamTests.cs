using KvpRpc.Emulator;
using KvpRpc.Tests.Calls;

namespace KvpRpc.Tests.EndToEnd;

/// <summary>Calls with streams, reports and context, through all layers.</summary>
public abstract class EmulatedStreamTests(EmulatedGuestKind kind)
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Streams_run_in_both_directions_at_once()
    {
        await using EmulatedPair pair = await StartAsync();
        IStreams streams = pair.Machine.CreateClient<IStreams>();
        Task<List<int>> down = streams.CountAsync(20_000, Token).ToListAsync(Token).AsTask();
        Task<long> up = streams.SumAsync("x", Items.From(Enumerable.Range(0, 20_000)), Token);
        Task<List<string>> both =
            streams.ChatAsync(Items.OneByOne(["a", "b", "c"]), Token).ToListAsync(Token).AsTask();
        Assert.Equal(Enumerable.Range(0, 20_000), await down.WaitAsync(Bound, Token));
        Assert.Equal(199_990_000, await up.WaitAsync(Bound, Token));
        Assert.Equal(["A", "B", "C"], await both.WaitAsync(Bound, Token));
    }

    [Fact]
    public async Task Large_streams_among_the_arguments_are_read_one_after_the_other()
    {
        await using EmulatedPair pair = await StartAsync();
        pair.GuestStreams.OnJoin = async (left, right, token) =>
            $"{await left.CountAsync(token)} {await right.CountAsync(token)}";
        Task<string> join = pair.Machine.CreateClient<IStreams>().JoinAsync(
            Items.From(Enumerable.Repeat(new byte[2000], 100)),
            Items.From(Enumerable.Repeat(new byte[1000], 200)),
            Token);
        Assert.Equal("100 200", await join.WaitAsync(Bound, Token));
    }

    [Fact]
    public async Task Reports_come_before_the_result()
    {
        await using EmulatedPair pair = await StartAsync();
        pair.GuestStreams.OnWork = (progress, _) =>
        {
            for (int i = 0; i < 100; i++)
                progress!.Report(i);
            return Task.FromResult("done");
        };
        List<int> reports = [];
        Task<string> work = pair.Machine.CreateClient<IStreams>().WorkAsync(new Sink(reports), Token);
        Assert.Equal("done", await work.WaitAsync(Bound, Token));
        Assert.Equal(Enumerable.Range(0, 100), reports);
    }

    [Fact]
    public async Task Leaving_a_stream_early_ends_its_handler()
    {
        await using EmulatedPair pair = await StartAsync();
        Items.Source source = new();
        pair.GuestStreams.OnCount = (_, token) => Items.Endless(i => i, source, token);
        await foreach (int item in pair.Machine.CreateClient<IStreams>().CountAsync(0, Token))
        {
            if (item == 1000)
                break;
        }

        await source.Ended.Task.WaitAsync(Bound, Token);
    }

    [Fact]
    public async Task A_result_before_the_end_of_the_items_is_not_lost()
    {
        await using EmulatedPair pair = await StartAsync();
        pair.GuestStreams.OnSum = async (values, token) => await values.FirstAsync(token);
        IStreams streams = pair.Machine.CreateClient<IStreams>();
        for (int i = 0; i < 10; i++)
        {
            Items.Source source = new();
            Task<long> call = streams.SumAsync("x", Items.Endless(_ => 7, source, Token), Token);
            Assert.Equal(7, await call.WaitAsync(Bound, Token));
            await source.Ended.Task.WaitAsync(Bound, Token);
        }
    }

    [Fact]
    public async Task Each_side_knows_the_other_by_itself()
    {
        await using EmulatedPair pair = await StartAsync();
        RpcPeerIdentity? host = null;
        pair.GuestStreams.OnWork = (_, _) =>
        {
            host = RpcContext.Current!.Peer;
            return Task.FromResult("done");
        };
        await pair.Machine.CreateClient<IStreams>().WorkAsync(null, Token).WaitAsync(Bound, Token);
        Assert.Equal(RpcPeerSide.Host, host!.Side);
        string guest = await pair.Guest.CreateClient<IEcho>().WhoAmIAsync(Token).WaitAsync(Bound, Token);
        Assert.Equal($"Guest {pair.Machine.Id} web-01", guest);
    }

    private Task<EmulatedPair> StartAsync()
    {
        string? reason = EmulatedHyperV.WhyUnavailable(kind);
        Assert.SkipUnless(reason is null, reason ?? "");
        return EmulatedPair.StartAsync(kind: kind);
    }

    private sealed class Sink(List<int> reports) : IProgress<int>
    {
        public void Report(int value) => reports.Add(value);
    }
}

/// <summary>The streams over an in-memory guest.</summary>
public sealed class MemoryGuestStreamTests() : EmulatedStreamTests(EmulatedGuestKind.Linux);

/// <summary>The streams over pool files that the unmodified <c>hv_kvp_daemon</c> serves.</summary>
public sealed class DaemonGuestStreamTests() : EmulatedStreamTests(EmulatedGuestKind.LinuxDaemon);
