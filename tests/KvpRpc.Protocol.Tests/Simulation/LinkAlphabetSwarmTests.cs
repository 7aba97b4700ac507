using System.Globalization;
using System.Text;
using KvpRpc.Protocol.Alphabets;

namespace KvpRpc.Protocol.Tests.Simulation;

/// <summary>Storms over media whose treatment of characters changes while links are open, and may stay bad for
/// good.</summary>
public sealed class LinkAlphabetSwarmTests(ITestOutputHelper output)
{
    private const int Seeds = 400;

    [Fact]
    public void Links_over_media_that_change_characters_keep_the_promises_and_recover()
    {
        if (Environment.GetEnvironmentVariable("KVPRPC_SEED") is { } one)
        {
            Swarm.Run(ulong.Parse(one, CultureInfo.InvariantCulture), Console.Error.WriteLine, prepare: Prepare);
            return;
        }

        SwarmResult result = Swarm.RunMany(Seeds, first: 1, Prepare);

        output.WriteLine($"{Seeds} seeds: {result}");
        Assert.True(result.Failures.IsEmpty, string.Join('\n', result.Failures.Order().Take(20)));
    }

    internal static void Prepare(SimulatedWorld world)
    {
        // Each of two alphabets, in each direction, may end two links before it is banned, each after a gap.
        // Large enough that a wide alphabet is wanted.
        world.RecoveryBytes = 20_000;
        world.FurtherWaits = 8 * TimeSpan.FromSeconds(40);
        foreach (SimulatedSide side in new[] { world.Host, world.Guest })
            Change(world, side.Own, changes: world.Random.Next(6));
    }

    // The last state of the medium stays: in half of all worlds a bad one.
    private static void Change(SimulatedWorld world, SimulatedTable table, int changes)
    {
        table.Carry = Draw(world.Random);
        if (changes == 0)
            return;
        world.Clock.After(
            world.Random.Between(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(20)),
            () => Change(world, table, changes - 1));
    }

    private static Func<string, string>? Draw(SimulatedRandom random)
    {
        char first = (char)WideCharacters.Ranges[2 * random.Next(WideCharacters.Ranges.Length / 2)];
        int bytes = random.Next(1400, 3000);
        int units = random.Next(1010, 1023);
        return random.Next(8) switch
        {
            0 => text => Replace(text, first, '?'),
            1 => text => Replace(text, first, (char)(first + 1)),
            2 => text => Cut(text, bytes),
            3 => text => text.StartsWith('w') ? text[..Math.Min(units, text.Length)] : text,
            4 => text => text.Length > 500 && text[0] is ('w' or 'p') ? "" : text,
            _ => null,
        };
    }

    private static string Cut(string text, int bytes) => Encoding.UTF8.GetByteCount(text) > bytes
        ? Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text), 0, bytes)
        : text;

    private static string Replace(string text, char from, char to) => text.Replace(from, to);
}
