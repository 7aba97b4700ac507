using System.CommandLine;

namespace KvpRpc.Cli.Keys;

/// <summary><c>--key-log</c>, of all commands that have it.</summary>
internal static class KeyLogOption
{
    internal static Option<string?> Create() => new("--key-log")
    {
        Description = "Opens what is sealed with the keys that a side has written: KvpLinkOptions.KeyLogFile.",
        HelpName = "FILE",
    };
}
