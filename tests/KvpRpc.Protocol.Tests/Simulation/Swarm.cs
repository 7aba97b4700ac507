using System.Collections.Concurrent;
using KvpRpc.Protocol.Links;

namespace KvpRpc.Protocol.Tests.Simulation;

/// <summary>One seed: a storm with traffic, then fair weather in which everything must work again.</summary>
internal static class Swarm
{
    private static readonly TimeSpan Storms = TimeSpan.FromSeconds(60);

    /// <summary>How long after the storm the link may take to open and answer: in doubt writes alone take a
    /// minute.</summary>
    private static readonly TimeSpan Recovers = TimeSpan.FromMinutes(5);

    internal static UInt128 Run(
        ulong seed,
        Action<string>? log = null,
        SwarmResult? result = null,
        LinkRules? rules = null,
        Action<SimulatedWorld>? prepare = null)
    {
        SimulatedRandom random = new(seed ^ 0x5EED);
        Weather weather = Weather.Draw(random);
        Traffic traffic = new()
        {
            CallChance = random.Chance(0.5) ? 0.5 : 0.05,
            MaxCalls = random.Next(1, 20),
            LargeChance = random.Chance(0.3) ? 0.3 * random.NextDouble() : 0,
            LargeBytes = random.Chance(0.2) ? 512 << 10 : 40 << 10,
            ManyMessagesChance = random.Chance(0.3) ? 0.3 : 0,
            ResetChance = random.Chance(0.3) ? 0.1 : 0,
            ConsumeChance = random.Chance(0.3) ? 0.2 : 1,
        };
        int slots = random.Chance(0.3) ? random.Next(2, 8) : 32;
        // What a narrow window cannot carry within the time to recover says nothing.
        if (slots < 8)
            traffic = traffic with { LargeBytes = 8 << 10 };
        using SimulatedWorld world = new(
            seed,
            traffic,
            options => options with { MaxSlots = slots, Rules = rules ?? LinkRules.All },
            isRecorded: weather.RollbackChance > 0)
        {
            Log = log,
        };
        // Where both sides go back together, the past is lived again by both, and rightly.
        world.Oracle.NoticesRollbacks = weather.NoticesRollbacks && weather.BothRollBackChance == 0;
        log?.Invoke(weather.ToString());
        log?.Invoke(traffic.ToString());
        prepare?.Invoke(world);
        Act(world, world.Host);
        Act(world, world.Guest);
        world.Host.Weather = world.Guest.Weather = weather;
        world.StartHost();
        world.RunFor(random.Between(default, TimeSpan.FromSeconds(3)));
        world.StartGuest();
        _ = new Storm(world, weather, Storms);
        world.RunFor(Storms);
        world.Host.Weather = world.Guest.Weather = weather.Calm;
        Recover(world);
        result?.Add(world);
        return world.TraceHash;
    }

    /// <summary>Gives the first seed that fails, and how; null when none does.</summary>
    internal static string? FindFailure(int seeds, LinkRules rules)
    {
        string? found = null;
        ParallelOptions options = new() { MaxDegreeOfParallelism = Environment.ProcessorCount };
        Parallel.For(1, seeds + 1, options, (seed, state) =>
        {
            try
            {
                Run((ulong)seed, rules: rules);
            }
            catch (Exception exception)
            {
                found = $"seed {seed}: {exception.Message}";
                state.Stop();
            }
        });
        return found;
    }

    internal static SwarmResult RunMany(int seeds, ulong first = 1, Action<SimulatedWorld>? prepare = null)
    {
        SwarmResult result = new();
        ParallelOptions options = new() { MaxDegreeOfParallelism = Environment.ProcessorCount };
        Parallel.For((long)first, (long)first + seeds, options, seed =>
        {
            try
            {
                Run((ulong)seed, result: result, prepare: prepare);
            }
            catch (Exception exception)
            {
                result.Failures.Add($"seed {seed}: {exception.GetType().Name} {exception.Message}"
                    + (exception is SimulationException ? "" : exception.StackTrace?.Split('\n')[0]));
            }
        });
        return result;
    }

    private static void Act(SimulatedWorld world, SimulatedSide side)
    {
        void Next()
        {
            TimeSpan span = world.Random.Between(TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(400));
            world.Clock.After(span, () =>
            {
                if (side.Peer is not null && !side.IsPaused)
                {
                    side.Peer.Act();
                    side.Pump();
                }

                Next();
            });
        }

        Next();
    }

    private static void Recover(SimulatedWorld world)
    {
        foreach (SimulatedSide side in new[] { world.Host, world.Guest })
            side.Peer.SetTraffic(Traffic.None);
        if (!world.Clock.RunUntil(
            () => world.IsOpen && world.Host.Peer.Application.OwnCalls + world.Guest.Peer.Application.OwnCalls == 0,
            Recovers))
        {
            throw new SimulationException(
                $"After the storm: host {world.Host.Peer.Engine.State}"
                + $" with {world.Host.Peer.Application.OwnCalls} calls"
                + $" ({world.Host.Peer.Engine.Obstacle}), guest {world.Guest.Peer.Engine.State} with"
                + $" {world.Guest.Peer.Application.OwnCalls} calls ({world.Guest.Peer.Engine.Obstacle}).");
        }

        for (int i = 0; i < 3; i++)
        {
            CallUntilAnswered(world, world.Host);
            CallUntilAnswered(world, world.Guest);
        }
    }

    // A link that looks open may be that of a peer which was rolled back since: the first call may find that out.
    private static void CallUntilAnswered(SimulatedWorld world, SimulatedSide side)
    {
        Instant end = world.Clock.Now + Recovers;
        int before = side.Peer.Application.Succeeded;
        while (side.Peer.Application.Succeeded == before)
        {
            if (world.Clock.Now >= end)
                throw new SimulationException("A call after the storm was never answered.");
            if (side.Peer.Application.OwnCalls == 0)
                side.Peer.Call(1, 3000, 1, 2000);
            side.Pump();
            int calls = side.Peer.Application.OwnCalls;
            world.Clock.RunUntil(
                () => side.Peer.Application.OwnCalls != calls || side.Peer.Application.Succeeded > before,
                TimeSpan.FromSeconds(1));
        }
    }
}

/// <summary>What came of many seeds.</summary>
internal sealed class SwarmResult
{
    private int _succeeded;
    private int _unknown;
    private int _notRun;

    internal ConcurrentBag<string> Failures { get; } = [];

    internal void Add(SimulatedWorld world)
    {
        Interlocked.Add(ref _succeeded, world.Oracle.Succeeded);
        Interlocked.Add(ref _unknown, world.Oracle.Unknown);
        Interlocked.Add(ref _notRun, world.Oracle.NotRun);
    }

    public override string ToString() =>
        $"{_succeeded} calls succeeded, {_unknown} ended unknown, {_notRun} certainly not run, "
        + $"{Failures.Count} seeds failed";
}
