using KvpRpc.Links;
using KvpRpc.Tests.Calls;
using KvpRpc.Tests.EndToEnd;

namespace KvpRpc.Tests.Resilience;

/// <summary>Calls that are made again over real links on the emulator's tables.</summary>
public sealed class EmulatedRetryTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(200);

    private static readonly KvpLinkOptions LostSoon = new() { KeepaliveAfter = Soon, LostAfter = Soon };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_call_that_the_guest_has_not_taken_is_made_again_on_the_next_link()
    {
        await using EmulatedPair pair = await EmulatedPair.StartAsync(guestLinks: new() { LostAfter = Soon });
        IStore store = pair.Machine.CreateClient<IStore>();
        await Wait.For(store.WriteAsync("before", Token));

        // The guest takes nothing more of this link, since nobody proves to it that the link goes on.
        Task question = pair.GuestTransport.SwallowNextWrite();
        pair.GuestTransport.TimelineOffset++;
        Task<string> call = store.WriteAsync("missed", Token);
        await Wait.For(question);
        Assert.Equal("missed 2", await Wait.For(call));
        Assert.Equal([1, 2], pair.GuestStore.Attempts);
    }

    [Fact]
    public async Task A_call_whose_answer_was_lost_with_the_link_has_it_from_the_next()
    {
        await using EmulatedPair pair = await EmulatedPair.StartAsync(links: LostSoon);
        IStore store = pair.Machine.CreateClient<IStore>();
        await Wait.For(store.ReadAsync("before", Token));
        KvpLink link = pair.Machine.Links.CurrentLink!;
        pair.GuestStore.OnCall = (run, key, _) =>
        {
            pair.GuestTransport.Hold();
            return Task.FromResult($"{key} {run}");
        };
        Task<string> call = store.ReadAsync("lost", Token);
        await Wait.ForCancellation(link.Ended);
        pair.GuestTransport.LetGo();
        Assert.Equal("lost 2", await Wait.For(call));
        Assert.Equal([1, 1], pair.GuestStore.Attempts);
    }

    [Fact]
    public async Task A_call_that_died_with_its_guest_runs_in_the_next_life_of_it()
    {
        await using EmulatedPair pair = await EmulatedPair.StartAsync(links: LostSoon);
        IStore store = pair.Machine.CreateClient<IStore>();
        TaskCompletionSource begun = new();
        pair.GuestStore.OnCall = async (run, key, token) =>
        {
            if (run > 1)
                return $"{key} {run}";
            begun.SetResult();
            await Wait.ForCancellation(token);
            throw new OperationCanceledException(token);
        };
        Task<string> call = store.ReadAsync("a", Token);
        await Wait.For(begun.Task);
        await pair.RestartGuestAsync();
        Assert.Equal("a 2", await Wait.For(call));
        Assert.Equal([1, 2], pair.GuestStore.Attempts);
    }
}
