using KvpRpc.Links;
using KvpRpc.Resilience;
using KvpRpc.Tests.Calls;

namespace KvpRpc.Tests.EndToEnd;

/// <summary>What a caller is told when the link is lost under its call: not run where that is certain (rule n), else
/// that nobody knows, and never too late.</summary>
public sealed class OutcomeTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(200);

    private static readonly KvpLinkOptions LostSoon = new() { KeepaliveAfter = Soon, LostAfter = Soon };

    // What is told of one attempt.
    private static readonly RpcPeerOptions Once = new() { Resilience = RpcResilienceOptions.None };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_call_that_a_guest_living_on_has_not_taken_is_said_not_to_have_run()
    {
        await using EmulatedPair pair = await EmulatedPair.StartAsync(
            guestLinks: new() { LostAfter = Soon }, calls: Once);
        IEcho echo = pair.Machine.CreateClient<IEcho>();
        await Wait.For(echo.EchoAsync("before", Token));

        // The guest takes nothing more of this link, since nobody proves to it that the link goes on.
        Task question = pair.GuestTransport.SwallowNextWrite();
        pair.GuestTransport.TimelineOffset++;
        Task<string> call = echo.EchoAsync("missed", Token);
        await Wait.For(question);

        RpcException lost = await Wait.ForError(call);
        Assert.Equal((StatusCode.Unavailable, true), (lost.StatusCode, lost.CertainlyNotRun));
        Assert.Equal(1, pair.GuestEcho.Begun);
    }

    [Fact]
    public async Task A_call_that_a_guest_living_on_has_taken_is_not_said_not_to_have_run()
    {
        await using EmulatedPair pair = await EmulatedPair.StartAsync(
            guestLinks: new() { LostAfter = Soon }, calls: Once);
        IEcho echo = pair.Machine.CreateClient<IEcho>();
        await Wait.For(echo.EchoAsync("before", Token));
        Task call = echo.WaitAsync(Token);
        await Wait.Until(() => pair.GuestEcho.Begun == 2);
        KvpLink link = pair.Machine.Links.CurrentLink!;

        Task question = pair.GuestTransport.SwallowNextWrite();
        pair.GuestTransport.TimelineOffset++;
        Task<string> missed = echo.EchoAsync("missed", Token);
        await Wait.For(question);
        await Wait.ForCancellation(link.Ended);

        RpcException lost = await Wait.ForError(call);
        Assert.Equal((StatusCode.Unavailable, false), (lost.StatusCode, lost.CertainlyNotRun));
        Assert.True((await Wait.ForError(missed)).CertainlyNotRun);
    }

    [Fact]
    public async Task Where_the_guest_does_not_come_back_the_outcome_is_unknown_after_the_bound()
    {
        await using EmulatedPair pair = await EmulatedPair.StartAsync(
            links: LostSoon with { SettleWithin = Soon }, calls: Once);
        RpcException lost = await Wait.ForError(await CallIntoTheVoidAsync(pair, Token));
        Assert.Equal((StatusCode.Unavailable, false), (lost.StatusCode, lost.CertainlyNotRun));
    }

    [Fact]
    public async Task A_caller_who_gives_up_does_not_wait_for_the_outcome()
    {
        await using EmulatedPair pair = await EmulatedPair.StartAsync(
            links: LostSoon with { SettleWithin = TimeSpan.FromDays(1) }, calls: Once);
        using CancellationTokenSource cancelled = new();
        Task call = await CallIntoTheVoidAsync(pair, cancelled.Token);
        Assert.False(call.IsCompleted);
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(call));
    }

    [Fact]
    public async Task A_deadline_that_passes_does_not_wait_for_the_outcome()
    {
        await using EmulatedPair pair = await EmulatedPair.StartAsync(
            links: LostSoon with { SettleWithin = TimeSpan.FromDays(1) }, calls: Once);
        Task call = await CallIntoTheVoidAsync(pair, Token, deadline: TimeSpan.FromSeconds(2));
        Assert.Equal(StatusCode.DeadlineExceeded, (await Wait.ForError(call)).StatusCode);
    }

    [Fact]
    public async Task A_side_that_is_closed_does_not_wait_for_the_outcome()
    {
        EmulatedPair pair = await EmulatedPair.StartAsync(
            links: LostSoon with { SettleWithin = TimeSpan.FromDays(1) }, calls: Once);
        Task call = await CallIntoTheVoidAsync(pair, Token);
        await pair.DisposeAsync();
        Assert.False((await Wait.ForError(call)).CertainlyNotRun);
    }

    /// <summary>Makes a call that is written for a guest that is off, and waits for the link to be lost.</summary>
    private static async Task<Task> CallIntoTheVoidAsync(
        EmulatedPair pair, CancellationToken token, TimeSpan? deadline = null)
    {
        await Wait.For(pair.Machine.CreateClient<IEcho>().EchoAsync("before", Token));
        KvpLink link = pair.Machine.Links.CurrentLink!;
        await pair.Emulated.TurnOffAsync(Token);
        Task call = pair.Machine.CreateClient<IEcho>(new() { Deadline = deadline }).EchoAsync("lost", token);
        await Wait.ForCancellation(link.Ended);
        return call;
    }
}
