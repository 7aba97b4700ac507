using System.Text;

namespace KvpRpc.Tests.Calls;

/// <summary>What travels beside arguments and results, and how single calls are made.</summary>
public sealed class MetadataTests
{
    [Fact]
    public async Task Metadata_of_client_and_call_reaches_the_handler_in_order()
    {
        await using PeerPair peers = new();
        RpcMetadata? received = null;
        peers.Service.OnRun = async (text, _) =>
        {
            await Task.Yield();
            received = RpcContext.Current!.RequestMetadata;
            return text;
        };
        IProbe client = peers.Left.CreateClient<IProbe>(new() { Metadata = new() { { "tenant", "nörd" } } });
        await Wait.For(RpcClients.With(client, new()
        {
            Metadata = new() { { "raw-bin", (byte[])[0, 255] }, { "tenant", "second" } },
        }).RunAsync("x"));
        Assert.Equal(["tenant", "raw-bin", "tenant"], received!.Select(entry => entry.Key));
        Assert.Equal("nörd", received!.GetText("tenant"));
        Assert.Equal([0, 255], received!.GetBytes("raw-bin"));
        Assert.Null(received!.GetText("raw-bin"));
        Assert.Null(received!.GetBytes("missing"));
        Assert.Throws<InvalidOperationException>(() => received!.Add("a", "b"));
        await Wait.For(client.RunAsync("x"));
        Assert.Single(received!);
    }

    [Fact]
    public async Task Headers_and_trailers_of_the_handler_reach_the_caller()
    {
        await using PeerPair peers = new();
        TaskCompletionSource release = new();
        peers.Service.OnRun = async (text, _) =>
        {
            await RpcContext.Current!.SendHeadersAsync(new() { { "server", "web" } });
            await release.Task;
            RpcContext.Current!.ResponseTrailers.Add("cost", "1");
            return text;
        };
        RpcResponse response = new();
        Task<string> call = RpcClients.With(peers.Client, new() { Response = response }).RunAsync("x");
        Assert.Equal("web", (await Wait.For(response.WaitForHeadersAsync())).GetText("server"));
        Assert.False(call.IsCompleted);
        Assert.Empty(response.Trailers);
        release.SetResult();
        Assert.Equal("x", await Wait.For(call));
        Assert.Equal("1", response.Trailers.GetText("cost"));
    }

    [Fact]
    public async Task Headers_come_before_the_first_item_and_trailers_with_the_end()
    {
        await using PeerPair peers = new();
        peers.StreamService.OnCount = (_, _) => CountAsync();
        RpcResponse response = new();
        List<int> items = [];
        await foreach (int item in RpcClients.With(peers.Streams, new() { Response = response }).CountAsync(0))
        {
            items.Add(item);
            Assert.Equal("early", response.Headers.GetText("when"));
        }

        Assert.Equal([1, 2], items);
        Assert.Equal("late", response.Trailers.GetText("when"));

        static async IAsyncEnumerable<int> CountAsync()
        {
            RpcContext context = RpcContext.Current!;
            await context.SendHeadersAsync(new() { { "when", "early" } });
            yield return 1;
            yield return 2;
            context.ResponseTrailers.Add("when", "late");
        }
    }

    [Fact]
    public async Task An_error_brings_trailers_of_context_and_exception_and_when_to_try_again()
    {
        await using PeerPair peers = new();
        peers.Service.OnRun = (_, _) =>
        {
            RpcContext.Current!.ResponseTrailers.Add("a", "1");
            throw new RpcException(StatusCode.ResourceExhausted, "later")
            {
                RetryAfter = TimeSpan.FromMilliseconds(1500.2),
                Trailers = new() { { "b", "2" } },
            };
        };
        RpcResponse response = new();
        RpcException error =
            await Wait.ForError(RpcClients.With(peers.Client, new() { Response = response }).RunAsync("x"));
        Assert.Equal(TimeSpan.FromMilliseconds(1501), error.RetryAfter);
        Assert.Equal(["a", "b"], error.Trailers.Select(entry => entry.Key));
        Assert.Equal("2", response.Trailers.GetText("b"));
        Assert.Empty(await Wait.For(response.WaitForHeadersAsync()));
    }

    [Fact]
    public async Task Headers_are_sent_once_and_not_after_the_end()
    {
        await using PeerPair peers = new();
        RpcContext? left = null;
        peers.Service.OnRun = async (text, _) =>
        {
            left = RpcContext.Current;
            if (text == "none")
                return text;
            await left!.SendHeadersAsync([]);
            await Assert.ThrowsAsync<InvalidOperationException>(async () => await left!.SendHeadersAsync([]));
            return text;
        };
        Assert.Equal("x", await Wait.For(peers.Client.RunAsync("x")));
        Assert.Equal("none", await Wait.For(peers.Client.RunAsync("none")));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await left!.SendHeadersAsync([]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Metadata_over_the_limit_of_either_side_does_not_run_the_call(bool isOfCaller)
    {
        RpcPeerOptions small = new() { MaxMetadataBytes = 100 };
        await using PeerPair peers = new(left: isOfCaller ? small : null, right: isOfCaller ? null : small);
        RpcMetadata metadata = new() { { "text", new string('x', 100) } };
        RpcException error =
            await Wait.ForError(RpcClients.With(peers.Client, new() { Metadata = metadata }).RunAsync("x"));
        Assert.Equal((StatusCode.ResourceExhausted, true), (error.StatusCode, error.CertainlyNotRun));
        Assert.Equal(isOfCaller ? 0 : 1, peers.Links.Left.OpenedStreams);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Trailers_over_the_limit_of_either_side_are_an_error(bool isOfCaller)
    {
        RpcPeerOptions small = new() { MaxMetadataBytes = 100 };
        await using PeerPair peers = new(left: isOfCaller ? small : null, right: isOfCaller ? null : small);
        bool throws = false;
        peers.Service.OnRun = (text, _) =>
        {
            RpcContext.Current!.ResponseTrailers.Add("text", new string('x', 100));
            return throws ? throw new RpcException(StatusCode.NotFound, "no") : Task.FromResult(text);
        };
        RpcException error = await Wait.ForError(peers.Client.RunAsync("x"));
        Assert.Equal((StatusCode.ResourceExhausted, false), (error.StatusCode, error.CertainlyNotRun));

        // What went wrong before is worth more than what was to go with it.
        throws = true;
        error = await Wait.ForError(peers.Client.RunAsync("x"));
        Assert.Equal(isOfCaller ? StatusCode.ResourceExhausted : StatusCode.NotFound, error.StatusCode);
    }

    [Fact]
    public async Task Headers_over_the_limit_are_refused_where_they_are_made()
    {
        await using PeerPair peers = new(right: new() { MaxMetadataBytes = 100 });
        peers.Service.OnRun = async (text, _) =>
        {
            await RpcContext.Current!.SendHeadersAsync(new() { { "text", new string('x', 100) } });
            return text;
        };
        Assert.Equal(StatusCode.ResourceExhausted, (await Wait.ForError(peers.Client.RunAsync("x"))).StatusCode);
    }

    [Fact]
    public void A_key_that_breaks_a_rule_is_refused()
    {
        RpcMetadata metadata = [];
        foreach (string key in (string[])["", "Upper", "a b", "ä", new('a', 65)])
            Assert.Throws<ArgumentException>(() => metadata.Add(key, "x"));
        Assert.Throws<ArgumentException>(() => metadata.Add("a-bin", "x"));
        Assert.Throws<ArgumentException>(() => metadata.Add("a", Encoding.UTF8.GetBytes("x")));
        metadata.Add(new string('a', 64), string.Empty);
        Assert.Single(metadata);
        Assert.Throws<InvalidOperationException>(() => RpcMetadata.Empty.Add("a", "b"));
    }
}
