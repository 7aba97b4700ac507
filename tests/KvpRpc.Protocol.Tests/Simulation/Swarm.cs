using System.Collections.Concurrent;

namespace KvpRpc.Protocol.Tests.Simulation;

/// <summary>One seed: a storm with traffic, then fair weather in which everything must work again.</summary>
internal static class Swarm
{
    private static readonly TimeSpan Storms = TimeSpan.FromSeconds(60);

    internal static UInt128 Run(
        ulong seed,
        Action<string>? log = null,
        SwarmResult? result = null,
        SimulatedRules? rules = null,
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
        TimeSpan poll = TimeSpan.FromMilliseconds(random.Chance(0.3) ? 10 : random.Next(20, 500));
        // What a narrow window, or a slow host, cannot carry within the polls to recover says nothing.
        if (slots < 8)
            traffic = traffic with { LargeBytes = 8 << 10 };
        if (poll > TimeSpan.FromMilliseconds(50))
            traffic = traffic with { LargeBytes = 8 << 10, MaxCalls = Math.Min(traffic.MaxCalls, 5) };
        using SimulatedWorld world = new(
            seed,
            traffic,
            options => options with { MaxSlots = slots },
            isRecorded: weather.RollbackChance > 0 || weather.TwinChance > 0)
        {
            Log = log,
            Rules = rules ?? SimulatedRules.All,
            BusyPoll = poll,
        };
        // Where both sides go back together, the past is lived again by both, and rightly.
        world.Oracle.NoticesRollbacks = weather.NoticesRollbacks && weather.BothRollBackChance == 0;
        log?.Invoke(weather.ToString());
        log?.Invoke(traffic.ToString());
        prepare?.Invoke(world);
        Act(world);
        world.Host.Weather = world.Guest.Weather = weather;
        world.StartHost();
        world.RunFor(random.Between(default, TimeSpan.FromSeconds(3)));
        world.StartGuest();
        _ = new Storm(world, weather, Storms);
        world.RunFor(Storms);
        Recovery.Run(world, weather.Calm, result);
        result?.Add(world);
        return world.TraceHash;
    }

    /// <summary>Gives the first seed that fails, and how; null when none does.</summary>
    internal static string? FindFailure(
        int seeds, SimulatedRules rules, Action<SimulatedWorld>? prepare = null)
    {
        string? found = null;
        ParallelOptions options = new() { MaxDegreeOfParallelism = Environment.ProcessorCount };
        Parallel.For(1, seeds + 1, options, (seed, state) =>
        {
            try
            {
                Run((ulong)seed, rules: rules, prepare: prepare);
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

    /// <summary>Lets the applications of both sides act from now on.</summary>
    internal static void Act(SimulatedWorld world)
    {
        Act(world, world.Host);
        Act(world, world.Guest);
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

                // What looks at an engine at rest would hide that it does not say when it must be looked at.
                if (!world.IsAtRest)
                    Next();
            });
        }

        Next();
    }
}

/// <summary>What came of many seeds.</summary>
internal sealed class SwarmResult
{
    private int _succeeded;
    private int _unknown;
    private int _notRun;
    private int _clones;
    private int _mostPolls;

    internal ConcurrentBag<string> Failures { get; } = [];

    /// <summary>Takes note of how much of what it might a recovery has taken, in thousandths.</summary>
    internal void NotePolls(int thousandths)
    {
        for (int most = _mostPolls; thousandths > most;)
            most = Interlocked.CompareExchange(ref _mostPolls, thousandths, most);
    }

    internal void Add(SimulatedWorld world)
    {
        Interlocked.Add(ref _succeeded, world.Oracle.Succeeded);
        Interlocked.Add(ref _unknown, world.Oracle.Unknown);
        Interlocked.Add(ref _notRun, world.Oracle.NotRun);
        Interlocked.Add(ref _clones, world.Clone is null ? 0 : 1);
    }

    public override string ToString() =>
        $"{_succeeded} calls succeeded, {_unknown} ended unknown, {_notRun} certainly not run, "
        + $"{_clones} clones lived beside their original, a recovery took up to {_mostPolls / 10.0:F1} % of its polls, "
        + $"{Failures.Count} seeds failed";
}
