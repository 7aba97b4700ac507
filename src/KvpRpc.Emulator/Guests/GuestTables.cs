using System.Collections.Immutable;

namespace KvpRpc.Emulator.Guests;

/// <summary>What a checkpoint keeps of a guest's tables: the records of each pool that is stored, in their
/// order.</summary>
/// <param name="External">Pool 0, host to guest.</param>
/// <param name="Guest">Pool 1, guest to host.</param>
/// <param name="AutoExternal">Pool 3, facts about the host.</param>
internal sealed record GuestTables(
    ImmutableArray<KvpRecord> External,
    ImmutableArray<KvpRecord> Guest,
    ImmutableArray<KvpRecord> AutoExternal)
{
    /// <summary>Gets the tables of a guest that has just been installed.</summary>
    internal static GuestTables Empty { get; } = new([], [], []);
}
