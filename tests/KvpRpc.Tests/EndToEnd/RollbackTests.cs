using KvpRpc.Emulator;
using KvpRpc.Links;
using KvpRpc.Tests.Calls;
using KvpRpc.Tests.Driver;
using KvpRpc.Transports;

namespace KvpRpc.Tests.EndToEnd;

/// <summary>A side that may be a past or a copy delivers nothing before the peer has proven that the link goes on
/// (rule l), and whatever a restored checkpoint leaves, a link opens again by itself.</summary>
public sealed class RollbackTests
{
    private readonly JumpingTimeProvider _time = new(TimeProvider.System);
    private readonly ListLogger _log = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private KvpLinkOptions Watched => new() { TimeProvider = _time, Logger = _log };

    private bool WasSuspected => _log.Lines.Any(line => line.Id == 11);

    [Fact]
    public async Task A_guest_whose_clock_has_jumped_runs_no_call_before_the_host_has_proven_that_the_link_goes_on()
    {
        await using EmulatedPair pair = await EmulatedPair.StartAsync(guestLinks: Watched);
        IEcho echo = pair.Machine.CreateClient<IEcho>();
        await Wait.For(echo.EchoAsync("before", Token));
        TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        pair.GuestTransport.Hold();
        pair.GuestTransport.BeforeWrite = _ => asked.TrySetResult();

        _time.Jump(TimeSpan.FromDays(7));
        Task<string> call = echo.EchoAsync("after", Token);
        await Wait.For(asked.Task);
        await ReadThriceAsync(pair);
        Assert.Equal(1, pair.GuestEcho.Begun);
        pair.GuestTransport.LetGo();

        Assert.Equal("after", await Wait.For(call));
        Assert.True(WasSuspected);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_link_that_goes_on_outlasts_a_jump_of_the_clock(bool onHost)
    {
        await using EmulatedPair pair = await EmulatedPair.StartAsync(
            links: onHost ? Watched : null, guestLinks: onHost ? null : Watched);
        IEcho echo = pair.Machine.CreateClient<IEcho>();
        await Wait.For(echo.EchoAsync("before", Token));
        KvpLink? link = pair.Machine.Links.CurrentLink;

        _time.Jump(TimeSpan.FromHours(-1));
        Assert.Equal("after", await Wait.For(echo.EchoAsync("after", Token)));

        Assert.True(WasSuspected);
        Assert.Same(link, pair.Machine.Links.CurrentLink);
    }

    [Fact]
    public async Task A_guest_that_gets_no_proof_opens_a_link_afresh()
    {
        await using EmulatedPair pair = await EmulatedPair.StartAsync(
            guestLinks: Watched with { LostAfter = TimeSpan.FromMilliseconds(300) });
        IEcho echo = pair.Machine.CreateClient<IEcho>();
        await Wait.For(echo.EchoAsync("before", Token));
        KvpLink guestLink = pair.Guest.Links.CurrentLink!;
        KvpLink hostLink = pair.Machine.Links.CurrentLink!;
        Task question = pair.GuestTransport.SwallowNextWrite();

        pair.GuestTransport.TimelineOffset++;
        await PokeAsync(pair, 0);
        await Wait.For(question);

        await Wait.ForCancellation(guestLink.Ended);
        Assert.Contains("rolled back", guestLink.EndReason!.Message, StringComparison.Ordinal);
        await Wait.ForCancellation(hostLink.Ended);
        Assert.Equal("after", await Wait.For(echo.EchoAsync("after", Token)));
    }

    [Fact]
    public async Task A_host_that_is_told_of_a_restored_vm_asks_its_guest_for_a_proof()
    {
        await using EmulatedPair pair = await EmulatedPair.StartAsync(links: Watched);
        await Wait.For(pair.Machine.CreateClient<IEcho>().EchoAsync("before", Token));
        EmulatedCheckpoint checkpoint = await pair.Emulated.CreateCheckpointAsync(Token);
        Assert.False(WasSuspected);
        await pair.Emulated.ApplyCheckpointAsync(checkpoint, withHostItems: false, Token);
        await Wait.Until(() => WasSuspected);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task After_a_checkpoint_is_restored_a_link_opens_by_itself_and_a_call_in_flight_is_not_called_not_run(
        bool withHostItems)
    {
        await using EmulatedPair pair = await EmulatedPair.StartAsync();
        IEcho echo = pair.Machine.CreateClient<IEcho>();
        await Wait.For(echo.EchoAsync("before", Token));
        EmulatedCheckpoint checkpoint = await pair.Emulated.CreateCheckpointAsync(Token);
        await Wait.For(echo.EchoAsync("later", Token));
        KvpLink link = pair.Machine.Links.CurrentLink!;
        Task inFlight = echo.WaitAsync(Token);
        await Wait.Until(() => pair.GuestEcho.Begun == 3);

        await pair.Emulated.ApplyCheckpointAsync(checkpoint, withHostItems, Token);
        await pair.Emulated.StartAsync(Token);
        await pair.RestartGuestAsync();

        await Wait.ForCancellation(link.Ended);
        Assert.Equal("after", await Wait.For(echo.EchoAsync("after", Token)));
        RpcException lost = await Wait.ForError(inFlight);
        Assert.Equal((StatusCode.Unavailable, false), (lost.StatusCode, lost.CertainlyNotRun));
    }

    [Fact]
    public async Task A_call_made_while_the_vm_is_being_restored_is_not_called_not_run_once_it_is_on_its_way()
    {
        await using EmulatedPair pair = await EmulatedPair.StartAsync();
        IEcho echo = pair.Machine.CreateClient<IEcho>();
        await Wait.For(echo.EchoAsync("before", Token));
        EmulatedCheckpoint checkpoint = await pair.Emulated.CreateCheckpointAsync(Token);
        KvpLink link = pair.Machine.Links.CurrentLink!;
        long writes = pair.Emulated.Counters.HostWrites;
        await pair.Emulated.TurnOffAsync(Token);
        Task<string> inFlight = echo.EchoAsync("in flight", Token);
        await Wait.Until(() => pair.Emulated.Counters.HostWrites > writes);

        await pair.Emulated.ApplyCheckpointAsync(checkpoint, withHostItems: false, Token);
        await pair.Emulated.StartAsync(Token);
        await pair.RestartGuestAsync();

        await Wait.ForCancellation(link.Ended);
        Assert.Equal("after", await Wait.For(echo.EchoAsync("after", Token)));
        RpcException lost = await Wait.ForError(inFlight);
        Assert.Equal((StatusCode.Unavailable, false), (lost.StatusCode, lost.CertainlyNotRun));
    }

    // Changes of the table that are not the link's own let the guest read; what one read shows was taken by the next.
    private static async Task ReadThriceAsync(EmulatedPair pair)
    {
        for (int i = 0; i < 3; i++)
        {
            Task read = pair.GuestTransport.NextReadAsync(Token);
            await PokeAsync(pair, i);
            await Wait.For(read);
        }
    }

    private static async Task PokeAsync(EmulatedPair pair, int value)
    {
        await using IKvpTransport other = pair.Emulated.OpenHostTransport("other.");
        KvpItemWrite write = new("other.item") { Value = $"{value}".AsMemory() };
        await other.WriteAsync([write], Token);
        Assert.Equal(KvpWriteOutcome.Landed, write.Outcome);
    }
}
