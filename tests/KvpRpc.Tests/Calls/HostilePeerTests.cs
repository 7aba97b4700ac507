using KvpRpc.Links;

namespace KvpRpc.Tests.Calls;

public sealed class HostilePeerTests
{
    [Fact]
    public async Task A_first_message_that_is_no_call_is_internal_and_does_not_run()
    {
        await using RawCaller raw = new();
        byte[][] messages = [[], [0x00], [0x02, 0x90], [0x03], [0x05], [0x41], [0x7F], [0x81], [0x81, 0x05, 0x02]];
        foreach (byte[] message in messages.Concat(CallVector.LoadFile().Refused.Select(vector => vector.Message)))
        {
            RpcException error = await raw.CallForErrorAsync("test.Probe/Run", message);
            Assert.Equal(StatusCode.Internal, error.StatusCode);
            Assert.True(error.CertainlyNotRun);
        }
    }

    [Fact]
    public async Task A_stream_that_closes_without_a_call_is_internal()
    {
        await using RawCaller raw = new();
        await using KvpLinkStream stream = raw.Open();
        await stream.CompleteAsync(default);
        Assert.Equal(StatusCode.Internal, (await RawCaller.ReceiveErrorAsync(stream)).StatusCode);
    }

    [Fact]
    public async Task More_after_the_arguments_of_a_unary_call_is_internal()
    {
        await using RawCaller raw = new();
        RpcException error =
            await raw.CallForErrorAsync("test.Probe/Run", [0x01, 0x91, 0xA1, 0x61], endOfStream: false);
        Assert.Equal(StatusCode.Internal, error.StatusCode);
    }

    [Fact]
    public async Task Streams_that_are_reset_at_any_moment_leave_nothing_behind()
    {
        await using RawCaller raw = new(new RpcPeerOptions { MaxConcurrentCalls = 4 });
        Random random = new(5);
        byte[] call = [0x01, 0x91, 0xA1, 0x61];
        for (int i = 0; i < 500; i++)
        {
            KvpLinkStream stream = raw.Open();
            if (random.Next(2) == 0)
                await stream.SendAsync(call, endOfStream: random.Next(2) == 0, default);
            stream.Reset((uint)random.Next());
            await stream.DisposeAsync();
        }

        await Wait.Until(() => raw.Links.Right.LiveStreams == 0);
        await using KvpLinkStream last = raw.Open();
        await last.SendAsync(call, endOfStream: true, default);
        using KvpLinkMessage response = await Wait.For(last.ReceiveAsync(default).AsTask());
        Assert.Equal("03a161", Convert.ToHexStringLower(response.Data.Span));
    }

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("01c0")]
    [InlineData("02a161")]
    [InlineData("03")]
    [InlineData("0301")]
    [InlineData("03a16100")]
    [InlineData("04")]
    [InlineData("05")]
    [InlineData("41")]
    [InlineData("83")]
    [InlineData("85020e00")]
    public async Task A_response_that_breaks_a_rule_is_internal(string bytes)
    {
        RpcException error = await AnswerForErrorAsync(Convert.FromHexString(bytes));
        Assert.Equal(StatusCode.Internal, error.StatusCode);
        Assert.StartsWith("The response of test.Probe/Run cannot be read.", error.Message, StringComparison.Ordinal);
        Assert.False(error.CertainlyNotRun);
    }

    [Fact]
    public async Task A_status_without_a_name_is_unknown()
    {
        RpcException error = await AnswerForErrorAsync([0x85, 0x02, 0x0E, 0x63]);
        Assert.Equal(StatusCode.Unknown, error.StatusCode);
        Assert.Contains("99", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0u, StatusCode.Internal, false)]
    [InlineData(1u, StatusCode.Cancelled, false)]
    [InlineData(2u, StatusCode.DeadlineExceeded, false)]
    [InlineData(3u, StatusCode.ResourceExhausted, true)]
    [InlineData(4u, StatusCode.Internal, false)]
    [InlineData(5u, StatusCode.Unavailable, false)]
    [InlineData(uint.MaxValue, StatusCode.Internal, false)]
    public async Task A_reset_by_the_peer_is_the_status_of_its_code(uint code, StatusCode status, bool isNotRun)
    {
        RpcException error = await CallForErrorAsync(stream =>
        {
            stream.Reset(code);
            return Task.CompletedTask;
        });
        Assert.Equal(status, error.StatusCode);
        Assert.Equal(isNotRun, error.CertainlyNotRun);
    }

    [Fact]
    public async Task Headers_and_what_later_versions_may_send_ahead_of_a_result_are_skipped()
    {
        await using PeerPair peers = new(isOpen: false);
        MemoryLinkPair links = new();
        peers.LeftSource.Open(links.Left);
        Task<string> call = peers.Client.RunAsync("x");
        await using KvpLinkStream stream = (await Wait.For(links.Right.AcceptStreamAsync(default).AsTask()))!;
        byte[] headers = [0x84, 0x06, 0x0D, 0x04, 0x01, 0x6B, 0x31, 0x32];
        await stream.SendAsync(headers, endOfStream: false, default);
        await stream.SendAsync(new byte[] { 0x7F, 0x01 }, endOfStream: false, default);
        await stream.SendAsync(new byte[] { 0x83, 0x03, 0x51, 0x01, 0x00, 0xA1, 0x61 }, endOfStream: true, default);
        Assert.Equal("a", await Wait.For(call));
    }

    private static Task<RpcException> AnswerForErrorAsync(byte[] response) =>
        CallForErrorAsync(stream => stream.SendAsync(response, endOfStream: true, default).AsTask());

    private static async Task<RpcException> CallForErrorAsync(Func<KvpLinkStream, Task> answer)
    {
        await using PeerPair peers = new(isOpen: false);
        MemoryLinkPair links = new();
        peers.LeftSource.Open(links.Left);
        Task<string> call = peers.Client.RunAsync("x");
        KvpLinkStream stream = (await Wait.For(links.Right.AcceptStreamAsync(default).AsTask()))!;
        (await Wait.For(stream.ReceiveAsync(default).AsTask())).Dispose();
        await answer(stream);
        return await Wait.ForError(call);
    }
}
