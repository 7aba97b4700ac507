using System.Collections.Frozen;
using KvpRpc.Emulator.Daemon;

namespace KvpRpc.Emulator.Guests;

/// <summary>Makes the guests of each kind.</summary>
internal static class GuestKinds
{
    private static readonly FrozenDictionary<EmulatedGuestKind, Func<EmulatedHyperVOptions, EmulatedGuest>> Makers =
        new Dictionary<EmulatedGuestKind, Func<EmulatedHyperVOptions, EmulatedGuest>>
        {
            [EmulatedGuestKind.Linux] = _ => new LinuxMemoryGuest(),
            [EmulatedGuestKind.LinuxDaemon] = DaemonGuest.Create,
        }.ToFrozenDictionary();

    /// <summary>Gets what makes a guest of this kind, which its virtual machine then owns.</summary>
    internal static Func<EmulatedHyperVOptions, EmulatedGuest> GetMaker(EmulatedGuestKind kind) =>
        Makers.TryGetValue(kind, out Func<EmulatedHyperVOptions, EmulatedGuest>? maker)
            ? maker : throw new ArgumentOutOfRangeException(nameof(kind), kind, "There is no such kind of guest.");
}
