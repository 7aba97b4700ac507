using System.Text.Json.Nodes;

namespace KvpRpc.Interop.Tests;

/// <summary>Calls whose arguments or results are streams that cost more than a stream's credit; and cancelling
/// one.</summary>
public abstract class InteropStreamTests(bool isDotNetHost)
{
    /// <summary>They cost more than the 64 KiB of a new stream as single messages, which the JavaScript peer
    /// sends.</summary>
    private const int Count = 8000;

    /// <summary>They take more than 64 KiB also where many share a message, as this side sends them.</summary>
    private const int LargeCount = 40_000;

    /// <summary>So many that the call would not end within the test.</summary>
    private const int Endless = 1_000_000_000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_result_that_is_a_stream_comes_from_the_JavaScript_peer()
    {
        await using InteropSides sides = await InteropSides.StartAsync(isDotNetHost);
        sides.StartJavaScript();
        (IJavaScriptPeer client, _) = await sides.OpenDotNetAsync();

        Assert.Equal(Enumerable.Range(5, Count), await client.CountAsync(5, Count, Token).ToListAsync(Token));
    }

    [Fact]
    public async Task An_argument_that_is_a_stream_reaches_the_JavaScript_peer()
    {
        await using InteropSides sides = await InteropSides.StartAsync(isDotNetHost);
        sides.StartJavaScript();
        (IJavaScriptPeer client, _) = await sides.OpenDotNetAsync();

        IAsyncEnumerable<int> numbers = Enumerable.Range(0, LargeCount).ToAsyncEnumerable();
        Assert.Equal(100 + (LargeCount * (LargeCount - 1) / 2), await client.SumAsync(100, numbers, Token));
    }

    [Fact]
    public async Task A_result_that_is_a_stream_reaches_the_JavaScript_peer()
    {
        await using InteropSides sides = await InteropSides.StartAsync(isDotNetHost);
        JavaScriptPeer javaScript = sides.StartJavaScript();
        await sides.OpenDotNetAsync();

        int call = await javaScript.BeginCallAsync("interop.DotNet/Count", [5, LargeCount], answer: "stream");
        Assert.Equal("result", (string?)(await javaScript.EndOfAsync(call))["event"]);
        Assert.Equal(Enumerable.Range(5, LargeCount), javaScript.TakeItems(call).Select(item => (int)item!));
    }

    [Fact]
    public async Task An_argument_that_is_a_stream_comes_from_the_JavaScript_peer()
    {
        await using InteropSides sides = await InteropSides.StartAsync(isDotNetHost);
        JavaScriptPeer javaScript = sides.StartJavaScript();
        await sides.OpenDotNetAsync();

        JsonArray numbers = new([.. Enumerable.Range(0, Count).Select(number => (JsonNode)number)]);
        int call = await javaScript.BeginCallAsync("interop.DotNet/Sum", [100], items: numbers);
        Assert.Equal(100 + (Count * (Count - 1) / 2), (int?)(await javaScript.EndOfAsync(call))["value"]);
    }

    [Fact]
    public async Task A_stream_that_the_JavaScript_peer_cancels_stops_the_service()
    {
        await using InteropSides sides = await InteropSides.StartAsync(isDotNetHost);
        JavaScriptPeer javaScript = sides.StartJavaScript();
        await sides.OpenDotNetAsync();

        int call = await javaScript.BeginCallAsync("interop.DotNet/Count", [7, Endless], answer: "stream");
        Assert.Equal(7, (int?)(await javaScript.WaitAsync("item"))["value"]);
        await javaScript.CancelAsync(call);
        Assert.Equal("Cancelled", (string?)(await javaScript.EndOfAsync(call))["status"]);
        await sides.Service.Stopped.WaitAsync(Patience, Token);
    }

    [Fact]
    public async Task A_stream_that_is_no_longer_wanted_stops_the_JavaScript_peer()
    {
        await using InteropSides sides = await InteropSides.StartAsync(isDotNetHost);
        JavaScriptPeer javaScript = sides.StartJavaScript();
        (IJavaScriptPeer client, _) = await sides.OpenDotNetAsync();

        Assert.Equal([7, 8, 9], await client.CountAsync(7, Endless, Token).Take(3).ToListAsync(Token));
        await javaScript.WaitAsync("stopped");
    }
}
