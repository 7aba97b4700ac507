namespace KvpRpc.Cli.Keys;

/// <summary>The keys for the items of one table.</summary>
/// <param name="Log">The links.</param>
/// <param name="FromHost">Whose table it is: the two directions have keys of their own.</param>
internal sealed record SideKeys(KeyLog Log, bool FromHost);
