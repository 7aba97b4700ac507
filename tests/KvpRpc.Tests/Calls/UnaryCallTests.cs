namespace KvpRpc.Tests.Calls;

public sealed class UnaryCallTests
{
    [Fact]
    public async Task A_call_returns_what_the_handler_returns()
    {
        await using PeerPair peers = new();
        Assert.Equal("hello", await Wait.For(peers.Client.RunAsync("hello")));
        Assert.Equal(5, await Wait.For(peers.Client.AddAsync(2, 3)));
    }

    [Fact]
    public async Task A_call_is_one_stream_that_is_gone_afterwards()
    {
        await using PeerPair peers = new();
        for (int i = 0; i < 3; i++)
            await Wait.For(peers.Client.RunAsync("x"));
        Assert.Equal(3, peers.Links.Left.OpenedStreams);
        Assert.Equal(0, peers.Links.Left.LiveStreams);
    }

    [Fact]
    public async Task Both_sides_serve_and_call_at_the_same_time()
    {
        await using PeerPair peers = new();
        ProbeService other = new() { OnRun = (text, _) => Task.FromResult(text + " from the left") };
        peers.Left.AddService<IProbe>(other);
        IProbe left = peers.Right.CreateClient<IProbe>();
        Task<string>[] calls =
            [.. Enumerable.Range(0, 40).Select(i => (i % 2 == 0 ? left : peers.Client).RunAsync($"{i}"))];
        string[] results = await Wait.For(Task.WhenAll(calls));
        for (int i = 0; i < calls.Length; i++)
            Assert.Equal(i % 2 == 0 ? $"{i} from the left" : $"{i}", results[i]);
    }

    [Fact]
    public async Task A_thousand_large_calls_at_once_all_return()
    {
        await using PeerPair peers = new(right: new RpcPeerOptions { MaxConcurrentCalls = 1000 });
        Task<byte[]>[] calls = [.. Enumerable.Range(0, 1000).Select(i => peers.Client.BlobAsync(Blob(i)))];
        byte[][] results = await Wait.For(Task.WhenAll(calls));
        for (int i = 0; i < results.Length; i++)
            Assert.Equal(Blob(i), results[i]);

        static byte[] Blob(int seed)
        {
            byte[] data = new byte[20_000];
            new Random(seed).NextBytes(data);
            return data;
        }
    }

    [Fact]
    public async Task A_handler_may_call_the_caller_back_to_any_depth()
    {
        await using PeerPair peers = new();
        IProbe back = peers.Right.CreateClient<IProbe>();
        peers.Left.AddService<IProbe>(
            new ProbeService { OnRun = (text, token) => DescendAsync(peers.Client, text, token) });
        peers.Service.OnRun = (text, token) => DescendAsync(back, text, token);
        Assert.Equal("30", await Wait.For(peers.Client.RunAsync("0")));

        static async Task<string> DescendAsync(IProbe next, string text, CancellationToken token)
        {
            int depth = int.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
            return depth == 30 ? text : await next.RunAsync($"{depth + 1}", token);
        }
    }

    [Fact]
    public async Task A_handler_that_blocks_its_thread_holds_up_no_other_call()
    {
        await using PeerPair peers = new();
        using ManualResetEventSlim release = new();
        peers.Service.OnRun = (text, _) =>
        {
            if (text == "block")
                release.Wait(TestContext.Current.CancellationToken);
            return Task.FromResult(text);
        };
        Task<string> blocked = peers.Client.RunAsync("block");
        Assert.Equal("other", await Wait.For(peers.Client.RunAsync("other")));
        Assert.False(blocked.IsCompleted);
        release.Set();
        Assert.Equal("block", await Wait.For(blocked));
    }

    [Fact]
    public async Task A_factory_makes_a_service_for_each_call_and_the_call_disposes_of_it()
    {
        await using PeerPair peers = new();
        int made = 0;
        SemaphoreSlim disposed = new(0);
        peers.Left.AddService<IProbe>(() => new OwnedProbe(++made, disposed));
        IProbe client = peers.Right.CreateClient<IProbe>();
        Assert.Equal("1", await Wait.For(client.RunAsync("x")));
        Assert.Equal("2", await Wait.For(client.RunAsync("x")));
        for (int i = 0; i < 2; i++)
            Assert.True(await disposed.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
        disposed.Dispose();
    }

    [Fact]
    public async Task Ambient_state_of_the_one_who_starts_a_peer_does_not_reach_its_handlers()
    {
        AsyncLocal<string?> ambient = new() { Value = "of the test" };
        await using PeerPair peers = new();
        peers.Service.OnRun = (_, _) => Task.FromResult(ambient.Value ?? "nothing");
        Assert.Equal("nothing", await Wait.For(peers.Client.RunAsync("x")));
    }

    private sealed class OwnedProbe(int number, SemaphoreSlim disposed) : IProbe, IDisposable
    {
        public Task<string> RunAsync(string text, CancellationToken cancellationToken) => Task.FromResult($"{number}");

        public Task<int> AddAsync(int left, int right) => Task.FromResult(0);

        public Task<byte[]> BlobAsync(byte[] data, CancellationToken cancellationToken) => Task.FromResult(data);

        public Task<Awkward> AwkwardAsync(Awkward value, CancellationToken cancellationToken) => Task.FromResult(value);

        public Task NotifyAsync(string text, CancellationToken cancellationToken) => Task.CompletedTask;

        public void Dispose() => disposed.Release();
    }
}
