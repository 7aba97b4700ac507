using System.Text.Json.Nodes;
using KvpRpc.Links;

namespace KvpRpc.Interop.Tests;

/// <summary>The second implementation and this one, each written from <c>protocol/</c>, over the tables of a VM whose
/// guest is the real daemon.</summary>
public abstract class InteropTests(bool isDotNetHost)
{
    private static readonly string Large =
        string.Concat(Enumerable.Range(0, 20_000).Select(index => $"{index % 9999:D4} "));

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Calls_run_in_both_directions()
    {
        await using InteropSides sides = await InteropSides.StartAsync(isDotNetHost);
        JavaScriptPeer javaScript = sides.StartJavaScript();
        (IJavaScriptPeer client, _) = await sides.OpenDotNetAsync();

        Assert.Equal("grüß dich", await client.EchoAsync("grüß dich", Token));
        Assert.Equal("grüß dich", (string?)await javaScript.CallAsync("interop.DotNet/Echo", "grüß dich"));
        Assert.NotNull(await javaScript.WaitAsync("open"));
    }

    [Fact]
    public async Task Messages_of_100_kilobytes_run_in_both_directions()
    {
        await using InteropSides sides = await InteropSides.StartAsync(isDotNetHost);
        JavaScriptPeer javaScript = sides.StartJavaScript();
        (IJavaScriptPeer client, _) = await sides.OpenDotNetAsync();

        Assert.Equal(100_000, Large.Length);
        Assert.Equal(Large, await client.EchoAsync(Large, Token));
        Assert.Equal(Large, (string?)await javaScript.CallAsync("interop.DotNet/Echo", Large));
    }

    [Fact]
    public async Task Messages_are_compressed_in_both_directions_as_soon_as_both_sides_know()
    {
        await using InteropSides sides = await InteropSides.StartAsync(isDotNetHost);
        JavaScriptPeer javaScript = sides.StartJavaScript();
        (IJavaScriptPeer client, _) = await sides.OpenDotNetAsync(compression: RpcCompression.Brotli);
        RpcResponse response = new();
        client = RpcClients.With(client, new() { Response = response });

        for (int i = 0; i < 2; i++)
        {
            Assert.Equal(Large, await client.EchoAsync(Large, Token));
            Assert.True(response.WasCompressed);
        }

        await javaScript.WaitAsync("compressed");
        foreach (bool isKnown in (bool[])[false, true])
        {
            JsonNode end = await javaScript.EndOfAsync(
                await javaScript.BeginCallAsync("interop.DotNet/Echo", [Large], compress: true));
            Assert.Equal((Large, true), ((string?)end["value"], (bool?)end["wasCompressed"]));
            Assert.Equal(isKnown, sides.Service.WasCompressed);
        }

        Assert.Equal(Large, (string?)await javaScript.CallAsync("interop.DotNet/Echo", Large));
        Assert.False(sides.Service.WasCompressed);
    }

    [Fact]
    public async Task A_cancellation_reaches_the_JavaScript_peer()
    {
        await using InteropSides sides = await InteropSides.StartAsync(isDotNetHost);
        JavaScriptPeer javaScript = sides.StartJavaScript();
        (IJavaScriptPeer client, _) = await sides.OpenDotNetAsync();

        using CancellationTokenSource giveUp = CancellationTokenSource.CreateLinkedTokenSource(Token);
        Task waiting = client.WaitAsync(giveUp.Token);
        await javaScript.WaitAsync("waiting");
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await javaScript.WaitAsync("stopped");
    }

    [Fact]
    public async Task A_cancellation_by_the_JavaScript_peer_reaches_the_service()
    {
        await using InteropSides sides = await InteropSides.StartAsync(isDotNetHost);
        JavaScriptPeer javaScript = sides.StartJavaScript();
        await sides.OpenDotNetAsync();

        int call = await javaScript.BeginCallAsync("interop.DotNet/Wait", []);
        await sides.Service.Waiting.WaitAsync(Patience, Token);
        await javaScript.CancelAsync(call);
        await sides.Service.Stopped.WaitAsync(Patience, Token);
        Assert.Equal("Cancelled", (string?)(await javaScript.EndOfAsync(call))["status"]);
    }

    [Fact]
    public async Task Deadlines_pass_on_both_sides()
    {
        await using InteropSides sides = await InteropSides.StartAsync(isDotNetHost);
        JavaScriptPeer javaScript = sides.StartJavaScript();
        (IJavaScriptPeer client, _) = await sides.OpenDotNetAsync(deadline: TimeSpan.FromSeconds(2));

        await client.EchoAsync("open", Token);
        RpcException passed = await Assert.ThrowsAsync<RpcException>(() => client.WaitAsync(Token));
        Assert.Equal(StatusCode.DeadlineExceeded, passed.StatusCode);
        await javaScript.WaitAsync("stopped");

        int call = await javaScript.BeginCallAsync("interop.DotNet/Wait", [], deadline: 1000);
        Assert.Equal("DeadlineExceeded", (string?)(await javaScript.EndOfAsync(call))["status"]);
        await sides.Service.Stopped.WaitAsync(Patience, Token);
    }

    [Fact]
    public async Task One_way_calls_run_in_both_directions()
    {
        await using InteropSides sides = await InteropSides.StartAsync(isDotNetHost);
        JavaScriptPeer javaScript = sides.StartJavaScript();
        (IJavaScriptPeer client, _) = await sides.OpenDotNetAsync();

        await client.NoteAsync("to you", Token);
        Assert.Equal("to you", (string?)(await javaScript.WaitAsync("noted"))["text"]);

        int call = await javaScript.BeginCallAsync("interop.DotNet/Note", ["to me"], answer: "none");
        Assert.Equal("to me", await sides.Service.Noted.WaitAsync(Patience, Token));
        Assert.Equal("result", (string?)(await javaScript.EndOfAsync(call))["event"]);
    }

    [Fact]
    public async Task Errors_cross_as_they_are()
    {
        await using InteropSides sides = await InteropSides.StartAsync(isDotNetHost);
        JavaScriptPeer javaScript = sides.StartJavaScript();
        (IJavaScriptPeer client, _) = await sides.OpenDotNetAsync();

        RpcException missing = await Assert.ThrowsAsync<RpcException>(() => client.MissingAsync(Token));
        Assert.Equal((StatusCode.Unimplemented, true), (missing.StatusCode, missing.CertainlyNotRun));

        JsonNode failed = await javaScript.EndOfAsync(
            await javaScript.BeginCallAsync("interop.DotNet/Fail", ["Not yet."]));
        Assert.Equal(
            ("FailedPrecondition", "Not yet.", false),
            ((string?)failed["status"], (string?)failed["message"], (bool?)failed["notRun"]));
        JsonNode unknown = await javaScript.EndOfAsync(await javaScript.BeginCallAsync("interop.DotNet/None", []));
        Assert.Equal(("Unimplemented", true), ((string?)unknown["status"], (bool?)unknown["notRun"]));
    }

    [Fact]
    public async Task A_JavaScript_peer_that_is_killed_and_comes_again_finds_the_other_side()
    {
        await using InteropSides sides = await InteropSides.StartAsync(isDotNetHost);
        JavaScriptPeer first = sides.StartJavaScript();
        (IJavaScriptPeer client, IKvpLinkSource links) = await sides.OpenDotNetAsync();
        Assert.Equal("1", await client.EchoAsync("1", Token));
        KvpLink before = await links.GetLinkAsync(Token);

        await first.KillAsync();
        JavaScriptPeer second = sides.StartJavaScript();
        await second.WaitAsync("open");
        Assert.Equal("2", await client.EchoAsync("2", Token));
        Assert.Equal("3", (string?)await second.CallAsync("interop.DotNet/Echo", "3"));
        Assert.True(before.Ended.IsCancellationRequested);
    }

    [Fact]
    public async Task A_JavaScript_peer_that_closes_says_so()
    {
        await using InteropSides sides = await InteropSides.StartAsync(isDotNetHost);
        JavaScriptPeer javaScript = sides.StartJavaScript();
        (_, IKvpLinkSource links) = await sides.OpenDotNetAsync();
        KvpLink link = await links.GetLinkAsync(Token);
        await javaScript.WaitAsync("open");

        TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration registration = link.Ended.Register(ended.SetResult);
        await javaScript.CloseAsync();
        await javaScript.WaitAsync("closed");
        await ended.Task.WaitAsync(Patience, Token);
        Assert.True(link.EndReason is { Error: KvpLinkError.ClosedByPeer }, $"{link.EndReason}");
    }

    [Fact]
    public async Task A_pre_shared_key_that_both_have_opens_the_link()
    {
        byte[] key = [.. Enumerable.Range(1, 32).Select(value => (byte)value)];
        await using InteropSides sides = await InteropSides.StartAsync(isDotNetHost);
        JavaScriptPeer javaScript = sides.StartJavaScript(preSharedKey: Convert.ToHexStringLower(key));
        (IJavaScriptPeer client, _) = await sides.OpenDotNetAsync(new() { PreSharedKey = key });

        Assert.Equal("sealed", await client.EchoAsync("sealed", Token));
        Assert.Equal("sealed", (string?)await javaScript.CallAsync("interop.DotNet/Echo", "sealed"));
    }

    [Fact]
    public async Task Without_a_pre_shared_key_nobody_links_with_a_side_that_has_one()
    {
        await using InteropSides sides = await InteropSides.StartAsync(isDotNetHost);
        JavaScriptPeer javaScript = sides.StartJavaScript();
        (IJavaScriptPeer client, IKvpLinkSource links) = await sides.OpenDotNetAsync(
            new() { PreSharedKey = new byte[32] }, deadline: TimeSpan.FromSeconds(3));

        RpcException passed = await Assert.ThrowsAsync<RpcException>(() => client.EchoAsync("?", Token));
        Assert.Equal((StatusCode.DeadlineExceeded, true), (passed.StatusCode, passed.CertainlyNotRun));
        Assert.Contains("pre-shared key", passed.Message, StringComparison.Ordinal);
        Assert.Null(links.CurrentLink);
        Assert.Equal(
            "Only the peer has a pre-shared key.", (string?)(await javaScript.WaitAsync("problem"))["text"]);
    }

    [Fact]
    public async Task Another_pre_shared_key_opens_nothing_and_the_guest_says_why()
    {
        await using InteropSides sides = await InteropSides.StartAsync(isDotNetHost);
        JavaScriptPeer javaScript = sides.StartJavaScript(preSharedKey: new string('1', 64));
        (IJavaScriptPeer client, IKvpLinkSource links) = await sides.OpenDotNetAsync(
            new() { PreSharedKey = new byte[32] }, deadline: TimeSpan.FromSeconds(12));

        // A host issues calls before the link is confirmed, so it cannot say that this one did not run.
        RpcException passed = await Assert.ThrowsAsync<RpcException>(() => client.EchoAsync("?", Token));
        Assert.Equal((StatusCode.DeadlineExceeded, !isDotNetHost), (passed.StatusCode, passed.CertainlyNotRun));
        if (!isDotNetHost)
        {
            Assert.Null(links.CurrentLink);
            Assert.Contains("pre-shared key", passed.Message, StringComparison.Ordinal);
            return;
        }

        JsonNode ended = await javaScript.WaitAsync("ended");
        Assert.Equal("unreadable", (string?)ended["reason"]);
        Assert.Contains("pre-shared key", (string?)ended["detail"], StringComparison.Ordinal);
    }
}
