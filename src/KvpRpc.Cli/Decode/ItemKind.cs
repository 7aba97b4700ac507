namespace KvpRpc.Cli.Decode;

/// <summary>What the mark of a text says that the rest is.</summary>
internal static class ItemKind
{
    internal const string Hello = "hello";
    internal const string OpenLink = "item of an open link";
    internal const string Probe = "probe";
    internal const string Nothing = "nothing";
}
