using KvpRpc.Generated;
using Microsoft.Extensions.Logging;

namespace KvpRpc.Tests.Calls;

public sealed class StatusTests
{
    [Fact]
    public async Task A_logger_that_throws_breaks_no_call()
    {
        ThrowingLogger logger = new();
        MemoryLinkPair links = new();
        MemoryLinkSource left = new();
        MemoryLinkSource right = new();
        left.Open(links.Left);
        right.Open(links.Right);
        await using RpcPeer caller = new(left, new RpcPeerOptions { Logger = logger });
        await using RpcPeer callee = new(right, new RpcPeerOptions { Logger = logger });
        ProbeService service = new() { OnRun = (_, _) => throw new IOException("no") };
        callee.AddService<IProbe>(service, RpcAccess.Anyone);
        callee.Start();
        IProbe client = caller.CreateClient<IProbe>();
        for (int i = 0; i < 4; i++)
            Assert.Equal(StatusCode.Unknown, (await Wait.ForError(client.RunAsync("a"))).StatusCode);
        Assert.Equal(3, await Wait.For(client.AddAsync(1, 2)));
        Assert.True(logger.WasAsked);
    }

    [Fact]
    public async Task A_service_that_is_not_offered_is_unimplemented_and_named()
    {
        await using PeerPair peers = new();
        RpcException error = await Wait.ForError(peers.Right.CreateClient<IProbe>().RunAsync("x"));
        Assert.Equal(StatusCode.Unimplemented, error.StatusCode);
        Assert.Equal("The service test.Probe is not offered here.", error.Message);
        Assert.True(error.CertainlyNotRun);
    }

    [Theory]
    [InlineData("test.Probe/Missing", "The service test.Probe has no method Missing.")]
    [InlineData("Missing", "'Missing' is not the name of a method: it should be service/method.")]
    public async Task A_method_that_is_not_offered_is_unimplemented_and_named(string name, string message)
    {
        await using RawCaller raw = new();
        RpcException error = await raw.CallForErrorAsync(name, [0x01]);
        Assert.Equal(StatusCode.Unimplemented, error.StatusCode);
        Assert.Equal(message, error.Message);
    }

    [Fact]
    public async Task A_handler_that_throws_is_unknown_and_tells_nothing_but_logs_all()
    {
        await using PeerPair peers = new();
        peers.Service.OnRun = (_, _) => throw new InvalidOperationException("secret");
        RpcException error = await Wait.ForError(peers.Client.RunAsync("x"));
        Assert.Equal(StatusCode.Unknown, error.StatusCode);
        Assert.Equal("The method failed.", error.Message);
        Assert.False(error.CertainlyNotRun);
        Assert.Contains(peers.RightLog.Lines, line => line is { Level: LogLevel.Error, Id: 102 });
    }

    [Fact]
    public async Task A_handler_that_throws_is_told_of_where_the_options_say_so()
    {
        await using PeerPair peers = new(right: new RpcPeerOptions { IncludeExceptionDetails = true });
        peers.Service.OnRun = (_, _) => throw new InvalidOperationException("outer", new IOException("inner"));
        RpcException error = await Wait.ForError(peers.Client.RunAsync("x"));
        Assert.Equal("The method failed. InvalidOperationException: outer IOException: inner", error.Message);
    }

    [Fact]
    public async Task A_status_that_a_handler_throws_crosses_with_its_message_alone()
    {
        await using PeerPair peers = new();
        foreach (StatusCode code in Enum.GetValues<StatusCode>().Where(code => code != StatusCode.Ok))
        {
            peers.Service.OnRun = (_, _) => throw new RpcException(code, $"for {code} \u20AC", certainlyNotRun: true);
            RpcException error = await Wait.ForError(peers.Client.RunAsync("x"));
            Assert.Equal(code, error.StatusCode);
            Assert.Equal($"for {code} \u20AC", error.Message);
            Assert.False(error.CertainlyNotRun);
        }
    }

    [Fact]
    public async Task A_long_message_is_cut_between_characters()
    {
        await using PeerPair peers = new();
        peers.Service.OnRun = (_, _) => throw new RpcException(StatusCode.Aborted, ".." + new string('\u20AC', 3000));
        RpcException error = await Wait.ForError(peers.Client.RunAsync("x"));
        Assert.Equal(".." + new string('\u20AC', 1364), error.Message);
    }

    [Fact]
    public async Task A_factory_that_throws_is_a_handler_that_throws()
    {
        await using PeerPair peers = new();
        peers.Left.AddService<IProbe>(() => throw new IOException("no"));
        RpcException error = await Wait.ForError(peers.Right.CreateClient<IProbe>().RunAsync("x"));
        Assert.Equal(StatusCode.Unknown, error.StatusCode);
    }

    [Fact]
    public async Task A_cancellation_that_no_caller_asked_for_is_an_error_of_the_handler()
    {
        await using PeerPair peers = new();
        peers.Service.OnRun = (_, _) => throw new OperationCanceledException();
        RpcException error = await Wait.ForError(peers.Client.RunAsync("x"));
        Assert.Equal(StatusCode.Unknown, error.StatusCode);
    }

    [Fact]
    public async Task Arguments_that_cannot_be_read_are_internal_and_do_not_run()
    {
        await using RawCaller raw = new();
        byte[][] unreadable =
            [[], [0xC1], [0x91, 0x01], [0x91, 0xDB, 0xFF, 0xFF, 0xFF, 0xFF], [0x91, 0xA1, 0x61, 0x00]];
        foreach (byte[] arguments in unreadable)
        {
            RpcException error = await raw.CallForErrorAsync("test.Probe/Run", [0x01, .. arguments]);
            Assert.Equal(StatusCode.Internal, error.StatusCode);
            Assert.Equal("The arguments of test.Probe/Run cannot be read.", error.Message);
            Assert.True(error.CertainlyNotRun);
        }
    }

    [Fact]
    public async Task A_result_that_cannot_be_written_is_internal()
    {
        await using PeerPair peers = new();
        peers.Service.OnAwkward = _ => new Awkward("unwritable");
        RpcException error = await Wait.ForError(peers.Client.AwkwardAsync(new Awkward("fine")));
        Assert.Equal(StatusCode.Internal, error.StatusCode);
        Assert.Equal("The response of test.Probe/Awkward cannot be written.", error.Message);
        Assert.False(error.CertainlyNotRun);
        Assert.Contains(peers.RightLog.Lines, line => line is { Level: LogLevel.Error, Id: 112 });
    }

    [Fact]
    public async Task A_result_that_cannot_be_read_is_internal()
    {
        await using PeerPair peers = new();
        peers.Service.OnAwkward = _ => new Awkward("unreadable");
        RpcException error = await Wait.ForError(peers.Client.AwkwardAsync(new Awkward("fine")));
        Assert.Equal(StatusCode.Internal, error.StatusCode);
        Assert.Equal(
            "The response of test.Probe/Awkward cannot be read. Is the peer's contract another? This side's is "
            + "Awkward(value: KvpRpc.Tests.Calls.Awkward) -> KvpRpc.Tests.Calls.Awkward.",
            error.Message);
        Assert.False(error.CertainlyNotRun);
    }

    [Fact]
    public async Task Arguments_that_cannot_be_written_are_internal_and_open_no_stream()
    {
        await using PeerPair peers = new();
        RpcException error = await Wait.ForError(peers.Client.AwkwardAsync(new Awkward("unwritable")));
        Assert.Equal(StatusCode.Internal, error.StatusCode);
        Assert.True(error.CertainlyNotRun);
        Assert.Equal(0, peers.Links.Left.OpenedStreams);
    }

    [Fact]
    public async Task Arguments_whose_formatter_throws_are_internal_and_do_not_run()
    {
        await using PeerPair peers = new();
        RpcException error = await Wait.ForError(peers.Client.AwkwardAsync(new Awkward("unreadable")));
        Assert.Equal(StatusCode.Internal, error.StatusCode);
        Assert.Equal("The arguments of test.Probe/Awkward cannot be read.", error.Message);
        Assert.True(error.CertainlyNotRun);
    }

    [Fact]
    public async Task A_name_of_the_peer_cannot_forge_a_line_of_the_log()
    {
        await using RawCaller raw = new();
        await raw.CallForErrorAsync("a/b\nfake", [0x01]);
        (LogLevel _, int _, string text) = Assert.Single(raw.Log.Lines, line => line.Id == 107);
        Assert.DoesNotContain('\n', text);
    }

    [Fact]
    public void The_same_service_cannot_be_added_twice()
    {
        RpcPeer peer = new(new MemoryLinkSource());
        peer.AddService<IProbe>(new ProbeService());
        InvalidOperationException error =
            Assert.Throws<InvalidOperationException>(() => peer.AddService<IProbe>(new ProbeService()));
        Assert.Contains("test.Probe", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_contract_without_generated_code_is_refused_with_the_way_out()
    {
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(RpcContracts.Get<IDisposable>);
        Assert.Contains("[KvpService]", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Options_out_of_range_are_refused(int which)
    {
        RpcPeerOptions options = which switch
        {
            0 => new() { DefaultDeadline = TimeSpan.Zero },
            1 => new() { DefaultDeadline = TimeSpan.FromDays(50) },
            2 => new() { MaxConcurrentCalls = 0 },
            _ => new() { MaxMessageBytes = 0 },
        };
        Assert.ThrowsAny<ArgumentOutOfRangeException>(() => new RpcPeer(new MemoryLinkSource(), options));
    }
}
