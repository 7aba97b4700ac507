using KvpRpc.Protocol.Links;

namespace KvpRpc.Protocol.Tests.Simulation;

/// <summary>After the storm: the link opens again and carries calls within so many polls, and then comes to
/// rest.</summary>
internal static class Recovery
{
    private const int FewItems = 2;

    /// <summary>How many exchanges a recovery takes at most beside its waits: two handshakes (a first link may be that
    /// of a peer which was rolled back), what was under way, and six calls; a narrow window takes the most.</summary>
    private const int Exchanges = 400;

    private const int MemoryAtRest = 64 << 10;

    private static readonly TimeSpan Rests = TimeSpan.FromMinutes(3);

    internal static void Run(SimulatedWorld world, Weather calm, SwarmResult? result)
    {
        SimulatedWorld[] worlds = world.Clone is { } clone ? [world, clone] : [world];
        foreach (SimulatedWorld each in worlds)
            CalmDown(each, calm);
        // What has begun in the storm ends by itself: a pause, a blindness.
        world.Clock.RunUntil(worlds.SelectMany(Sides).Aggregate(world.Clock.Now, Later));
        foreach (SimulatedWorld each in worlds)
        {
            Polls polls = new(each);
            polls.RunUntil(() => each.IsOpen && Sides(each).All(side => side.Peer.Application.OwnCalls == 0));
            for (int i = 0; i < 3; i++)
            {
                CallUntilAnswered(each, each.Host, polls);
                CallUntilAnswered(each, each.Guest, polls);
            }

            result?.NotePolls(polls.Thousandths);
        }

        foreach (SimulatedWorld each in worlds)
            each.IsAtRest = true;
        world.RunFor(Rests);
        foreach (SimulatedWorld each in worlds)
            CheckRest(each);
    }

    private static SimulatedSide[] Sides(SimulatedWorld world) => [world.Host, world.Guest];

    private static Instant Later(Instant latest, SimulatedSide side)
    {
        latest = side.PausedUntil > latest ? side.PausedUntil : latest;
        return side.BlindUntil > latest ? side.BlindUntil : latest;
    }

    private static void CalmDown(SimulatedWorld world, Weather calm)
    {
        foreach (SimulatedSide side in Sides(world))
        {
            side.Weather = calm;
            side.LetClockRun();
            side.Own.MaxItems = int.MaxValue;
            side.Peer.SetTraffic(Traffic.None);
        }
    }

    // A link that looks open may be that of a peer which was rolled back since: the first call may find that out.
    private static void CallUntilAnswered(SimulatedWorld world, SimulatedSide side, Polls polls)
    {
        int before = side.Peer.Application.Succeeded;
        polls.RunUntil(() =>
        {
            if (side.Peer.Application.Succeeded == before && side.Peer.Application.OwnCalls == 0
                && side.Peer.Call(1, world.RecoveryBytes, 1, 2000) is not null)
                side.Pump();
            return side.Peer.Application.Succeeded > before;
        });
    }

    // Rule 1 and rule 4: few items, nothing is written, and little is kept.
    private static void CheckRest(SimulatedWorld world)
    {
        (int host, int guest) = (world.Host.Writes, world.Guest.Writes);
        world.RunFor(TimeSpan.FromMinutes(10));
        if ((host, guest) != (world.Host.Writes, world.Guest.Writes))
            throw new SimulationException("A link at rest was written for.");
        foreach (SimulatedSide side in Sides(world))
        {
            List<string> items =
                [.. side.Own.Own().Where(item => side.Peer.Engine.IsOwnKey(item.Key)).Select(item => item.Key)];
            // A clock that leaps lets a process look too early for what an earlier one has left in doubt. And two
            // things can keep an acknowledgement from counting until the peer's next packet: a guest went back
            // unnoticed, to where its packets fit but its control parts have old numbers; or a peer's clock leapt, and
            // a late write covered the control part.
            int most = side.Other.HasLeapt || world is { RestoredGuest: > 0, Oracle.NoticesRollbacks: false }
                ? Math.Max(FewItems, 1 + side.Peer.Engine.Unacknowledged)
                : FewItems;
            if (items.Count > most && !side.HasLeapt)
            {
                throw new SimulationException(
                    $"The {(side == world.Host ? "host" : "guest")} has {string.Join(' ', items)} at rest.");
            }

            if (side.Peer.Engine.Memory.Bytes > MemoryAtRest)
                throw new SimulationException($"A link at rest keeps {side.Peer.Engine.Memory}.");
        }
    }

    /// <summary>Counts the polls of a host, and the looks of its guest, since the faults have stopped.</summary>
    /// <remarks>
    /// A recovery is a chain of waits, each at most once, and exchanges that take a poll or a few. While it waits for
    /// something a host polls every <see cref="SimulatedWorld.BusyPoll"/>, so the waits make at most their sum by that
    /// many polls; a guest looks every <see cref="SimulatedSide.UneasyLook"/> at the most. The waits: a write in doubt
    /// keeps its item; a silent peer is asked and given up; a gap is given up; a guest that answered a host of the past
    /// draws anew, for the second time in a row; and links that broke at once make both wait.
    /// </remarks>
    private sealed class Polls(SimulatedWorld world)
    {
        private readonly int _hostBefore = world.Host.Reads;
        private readonly int _guestBefore = world.Guest.Reads;
        private readonly int _itemsBefore = world.Host.ItemsWritten;
        private readonly int _hostMost = Most(world, world.BusyPoll);
        private readonly int _guestMost = Most(world, SimulatedSide.UneasyLook);

        internal int Thousandths => (int)Math.Max(1000L * Host / _hostMost, 1000L * Guest / GuestMost);

        private int Host => world.Host.Reads - _hostBefore;

        private int Guest => world.Guest.Reads - _guestBefore;

        // Each item that the host has written since wakes the guest once.
        private int GuestMost => _guestMost + world.Host.ItemsWritten - _itemsBefore;

        private bool AreUsedUp => Host > _hostMost || Guest > GuestMost;

        internal void RunUntil(Func<bool> condition)
        {
            if (world.Clock.RunUntil(() => condition() || AreUsedUp, TimeSpan.FromHours(2)) && !AreUsedUp)
                return;
            throw new SimulationException(
                $"After the storm, {Host} polls of {_hostMost} and {Guest} looks of {GuestMost}:"
                + $" host {world.Host.Peer.Engine.State} with {world.Host.Peer.Application.OwnCalls} calls"
                + $" ({world.Host.Peer.Engine.Obstacle}), guest {world.Guest.Peer.Engine.State} with"
                + $" {world.Guest.Peer.Application.OwnCalls} calls ({world.Guest.Peer.Engine.Obstacle}).");
        }

        private static int Most(SimulatedWorld world, TimeSpan every) =>
            (int)((Waits(world.Host.Peer.Options) + world.FurtherWaits) / every) + Exchanges;

        private static TimeSpan Waits(LinkOptions options) =>
            options.DoubtAfter + (1.5 * options.KeepaliveAfter) + options.LostAfter + options.GapAfter
            + (4 * options.RedrawAfter) + TimeSpan.FromSeconds(60);
    }
}
