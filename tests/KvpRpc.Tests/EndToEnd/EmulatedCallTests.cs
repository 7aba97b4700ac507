using KvpRpc.Emulator;

namespace KvpRpc.Tests.EndToEnd;

/// <summary>Typed calls through generated clients, calls, link, driver and the emulator's tables.</summary>
public abstract class EmulatedCallTests(EmulatedGuestKind kind)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_host_calls_the_guest_and_the_guest_calls_the_host()
    {
        await using EmulatedPair pair = await StartAsync();
        Assert.Equal("to the guest", await pair.Machine.CreateClient<IEcho>().EchoAsync("to the guest", Token));
        Assert.Equal("to the host", await pair.Guest.CreateClient<IEcho>().EchoAsync("to the host", Token));
    }

    [Fact]
    public async Task A_mebibyte_comes_back_as_it_was_sent()
    {
        await using EmulatedPair pair = await StartAsync();
        byte[] bytes = new byte[1 << 20];
        new Random(1).NextBytes(bytes);
        byte[] echoed = await pair.Machine.CreateClient<IEcho>().EchoBytesAsync(bytes, Token);
        Assert.Equal(bytes, echoed);
    }

    [Fact]
    public async Task Many_calls_at_once_each_get_their_own_answer()
    {
        await using EmulatedPair pair = await StartAsync();
        IEcho guest = pair.Machine.CreateClient<IEcho>();
        IEcho host = pair.Guest.CreateClient<IEcho>();
        string[] answers = await Task.WhenAll(Enumerable.Range(0, 1000).Select(i =>
            (i % 2 == 0 ? guest : host).EchoAsync($"call {i}", Token)));
        Assert.Equal(Enumerable.Range(0, 1000).Select(i => $"call {i}"), answers);
    }

    [Fact]
    public async Task An_error_comes_with_its_status_and_message()
    {
        await using EmulatedPair pair = await StartAsync();
        RpcException error = await Assert.ThrowsAsync<RpcException>(
            () => pair.Machine.CreateClient<IEcho>().FailAsync("not now"));
        Assert.Equal((StatusCode.FailedPrecondition, "not now"), (error.StatusCode, error.Message));
    }

    [Fact]
    public async Task A_deadline_that_expires_ends_the_call_here_and_there()
    {
        await using EmulatedPair pair = await StartAsync();
        IEcho echo = pair.Machine.CreateClient<IEcho>(new() { Deadline = TimeSpan.FromMilliseconds(300) });
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => echo.WaitAsync(Token));
        Assert.Equal(StatusCode.DeadlineExceeded, error.StatusCode);
        await pair.GuestEcho.Cancelled.WaitAsync(TimeSpan.FromSeconds(10), Token);
    }

    [Fact]
    public async Task The_link_comes_back_when_the_guest_restarts()
    {
        await using EmulatedPair pair = await StartAsync();
        IEcho echo = pair.Machine.CreateClient<IEcho>();
        Assert.Equal("before", await echo.EchoAsync("before", Token));
        Task waiting = echo.WaitAsync(Token);
        Assert.Equal("beside", await echo.EchoAsync("beside", Token));
        await pair.RestartGuestAsync();
        RpcException lost = await Assert.ThrowsAsync<RpcException>(() => waiting);
        Assert.Equal((StatusCode.Unavailable, false), (lost.StatusCode, lost.CertainlyNotRun));
        Assert.Equal("after", await echo.EchoAsync("after", Token));
    }

    private Task<EmulatedPair> StartAsync()
    {
        string? reason = EmulatedHyperV.WhyUnavailable(kind);
        Assert.SkipUnless(reason is null, reason ?? "");
        return EmulatedPair.StartAsync(kind: kind);
    }
}

/// <summary>The calls over an in-memory guest.</summary>
public sealed class MemoryGuestCallTests() : EmulatedCallTests(EmulatedGuestKind.Linux);

/// <summary>The calls over pool files that the unmodified <c>hv_kvp_daemon</c> serves.</summary>
public sealed class DaemonGuestCallTests() : EmulatedCallTests(EmulatedGuestKind.LinuxDaemon);
