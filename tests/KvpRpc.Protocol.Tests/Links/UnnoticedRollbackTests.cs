using KvpRpc.Protocol.Tests.Simulation;

namespace KvpRpc.Protocol.Tests.Links;

/// <summary>One side goes back to its past and nobody tells it: the two holes that the models of
/// <c>protocol/model</c> found.</summary>
public sealed class UnnoticedRollbackTests
{
    private static readonly TimeSpan Recovers = TimeSpan.FromMinutes(2);

    [Fact]
    public void A_host_that_is_back_at_its_hello_is_found_by_a_guest_at_rest()
    {
        using SimulatedWorld world = new(seed: 1, isRecorded: true);
        world.StartHost();
        world.RunFor(TimeSpan.FromSeconds(5));
        Past past = new(world, world.Host);
        world.StartGuest();
        world.Open();
        world.Call(world.Host);
        world.RunFor(TimeSpan.FromMinutes(1));

        past.Return();

        Assert.True(world.Clock.RunUntil(() => world.IsOpen, Recovers), "The link did not open again.");
        world.Call(world.Host);
        world.Call(world.Guest);
    }

    [Fact]
    public void A_guest_that_is_back_before_a_reply_does_not_wait_for_it_for_ever()
    {
        using SimulatedWorld world = new(seed: 1, isRecorded: true);
        world.Start();
        world.Open();
        world.RunFor(TimeSpan.FromSeconds(30));
        world.Guest.Peer.Call(1, 100, 1, 100);
        world.Guest.Pump();
        world.RunFor(TimeSpan.FromMilliseconds(5));
        Past past = new(world, world.Guest);
        Assert.True(world.Clock.RunUntil(() => world.Guest.Peer.Application.OwnCalls == 0, TimeSpan.FromSeconds(9)));
        world.RunFor(TimeSpan.FromSeconds(20));

        // The guest asks, and acknowledges the reply, so that the answer comes where the reply lay. Then it goes back
        // to when the reply was still to come, and asks again, before it sees that answer.
        world.Guest.Peer.Suspect(0, world.Guest.Now);
        world.Guest.Pump();
        world.RunFor(TimeSpan.FromSeconds(3));
        past.Return();
        Assert.Equal(1, world.Guest.Peer.Application.OwnCalls);

        Assert.True(
            world.Clock.RunUntil(() => world.Guest.Peer.Application.OwnCalls == 0 && world.IsOpen, Recovers),
            "The guest waits for ever.");
        world.Call(world.Guest);
    }
}
