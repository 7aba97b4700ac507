using System.Text.Json.Nodes;
using KvpRpc.Links;

namespace KvpRpc.Interop.Tests;

/// <summary>Calls whose arguments or results are streams that cost more than a stream's credit; and cancelling
/// one.</summary>
public abstract class InteropStreamTests(bool isDotNetHost)
{
    /// <summary>An item costs 19 bytes or more, so these cost more than twice the 64 KiB of a new stream.</summary>
    private const int Count = 8000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_result_that_is_a_stream_comes_from_the_JavaScript_peer()
    {
        await using InteropSides sides = await InteropSides.StartAsync(isDotNetHost);
        sides.StartJavaScript("streams");
        await using RawCall call = await OpenAsync(sides, "interop.Peer/Count");

        await call.SendArgumentsAsync(isLast: true, 5, Count);
        (List<int> items, byte last, _) = await call.ReceiveItemsAsync();
        Assert.Equal(Enumerable.Range(5, Count), items);
        Assert.Equal(RawCall.Trailers, last);
    }

    [Fact]
    public async Task An_argument_that_is_a_stream_reaches_the_JavaScript_peer()
    {
        await using InteropSides sides = await InteropSides.StartAsync(isDotNetHost);
        sides.StartJavaScript("streams");
        await using RawCall call = await OpenAsync(sides, "interop.Peer/Sum");

        await call.SendArgumentsAsync(isLast: false, 100);
        for (int number = 0; number < Count; number++)
            await call.SendNumberAsync(RawCall.Item, number);
        await call.CompleteAsync();
        (List<int> items, byte last, int sum) = await call.ReceiveItemsAsync();
        Assert.Empty(items);
        Assert.Equal((RawCall.Result, 100 + (Count * (Count - 1) / 2)), (last, sum));
    }

    [Fact]
    public async Task A_result_that_is_a_stream_reaches_the_JavaScript_peer()
    {
        await using InteropSides sides = await InteropSides.StartAsync(isDotNetHost);
        JavaScriptPeer javaScript = sides.StartJavaScript("streams");
        int call = await javaScript.BeginCallAsync("interop.Raw/Count", [5, Count], answer: "stream");
        (KvpLinkStream stream, string name) = await AcceptAsync(sides);
        await using RawCall accepted = new(stream);

        Assert.Equal("interop.Raw/Count", name);
        (int[] arguments, bool isLast) = await accepted.ReceiveArgumentsAsync();
        Assert.Equal([5, Count], arguments);
        Assert.True(isLast);
        for (int number = 0; number < Count; number++)
            await accepted.SendNumberAsync(RawCall.Item, 5 + number);
        await accepted.SendTrailersAsync();
        Assert.Equal("result", (string?)(await javaScript.EndOfAsync(call))["event"]);
        Assert.Equal(Enumerable.Range(5, Count), javaScript.TakeItems(call).Select(item => (int)item!));
    }

    [Fact]
    public async Task An_argument_that_is_a_stream_comes_from_the_JavaScript_peer()
    {
        await using InteropSides sides = await InteropSides.StartAsync(isDotNetHost);
        JavaScriptPeer javaScript = sides.StartJavaScript("streams");
        JsonArray numbers = new([.. Enumerable.Range(0, Count).Select(number => (JsonNode)number)]);
        int call = await javaScript.BeginCallAsync("interop.Raw/Sum", [100], items: numbers);
        (KvpLinkStream stream, _) = await AcceptAsync(sides);
        await using RawCall accepted = new(stream);

        (int[] arguments, bool isLast) = await accepted.ReceiveArgumentsAsync();
        Assert.Equal([100], arguments);
        Assert.False(isLast);
        (List<int> items, _, _) = await accepted.ReceiveItemsAsync();
        Assert.Equal(Enumerable.Range(0, Count), items);
        await accepted.SendNumberAsync(RawCall.Result, 100 + items.Sum(), isLast: true);
        Assert.Equal(100 + items.Sum(), (int?)(await javaScript.EndOfAsync(call))["value"]);
    }

    [Fact]
    public async Task A_stream_that_the_JavaScript_peer_cancels_is_aborted_here()
    {
        await using InteropSides sides = await InteropSides.StartAsync(isDotNetHost);
        JavaScriptPeer javaScript = sides.StartJavaScript("streams");
        int call = await javaScript.BeginCallAsync("interop.Raw/Count", [0, Count], answer: "stream");
        (KvpLinkStream stream, _) = await AcceptAsync(sides);
        await using RawCall accepted = new(stream);
        TaskCompletionSource aborted = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration registration = stream.Aborted.Register(aborted.SetResult);

        await accepted.ReceiveArgumentsAsync();
        await accepted.SendNumberAsync(RawCall.Item, 7);
        Assert.Equal(7, (int?)(await javaScript.WaitAsync("item"))["value"]);
        await javaScript.CancelAsync(call);
        await aborted.Task.WaitAsync(Patience, Token);
        KvpLinkException reset = await Assert.ThrowsAsync<KvpLinkException>(
            () => accepted.SendNumberAsync(RawCall.Item, 8).AsTask());
        Assert.Equal((KvpLinkError.StreamReset, 1u), (reset.Error, reset.ResetCode));
        Assert.Equal("Cancelled", (string?)(await javaScript.EndOfAsync(call))["status"]);
    }

    private static async Task<RawCall> OpenAsync(InteropSides sides, string name)
    {
        KvpLink link = await sides.OpenChannel("streams").GetLinkAsync(Token).AsTask().WaitAsync(Patience, Token);
        return new(link.OpenStream(name, KvpStreamPriority.Normal));
    }

    private static async Task<(KvpLinkStream Stream, string Name)> AcceptAsync(InteropSides sides)
    {
        KvpLink link = await sides.OpenChannel("streams").GetLinkAsync(Token).AsTask().WaitAsync(Patience, Token);
        KvpLinkStream? stream = await link.AcceptStreamAsync(Token).AsTask().WaitAsync(Patience, Token);
        Assert.NotNull(stream);
        return (stream, stream.Name);
    }
}
