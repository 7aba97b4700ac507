namespace KvpRpc.Protocol.Tests.Simulation;

/// <summary>SplitMix64: the one source of chance of a simulated world, so that one seed gives one trace.</summary>
internal sealed class SimulatedRandom(ulong seed)
{
    private ulong _state = seed;

    internal ulong NextUInt64()
    {
        _state += 0x9E3779B97F4A7C15;
        ulong z = _state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>Gives a number from 0 to below <paramref name="limit"/>.</summary>
    internal int Next(int limit) => (int)(NextUInt64() % (ulong)limit);

    internal int Next(int from, int to) => from + Next(to - from);

    internal double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    internal bool Chance(double probability) => probability > 0 && NextDouble() < probability;

    internal TimeSpan Between(TimeSpan from, TimeSpan to) =>
        from + TimeSpan.FromTicks((long)((to - from).Ticks * NextDouble()));
}
