using KvpRpc.Emulator;

namespace KvpRpc.Cli.Demo;

/// <summary>Which kind of guest the demo runs, and why.</summary>
/// <param name="Name">The kind as the command line names it.</param>
/// <param name="Kind">The emulator's kind; null where the kind cannot run.</param>
/// <param name="Reason">Why this kind, or why it cannot run.</param>
internal sealed record GuestKindChoice(string Name, EmulatedGuestKind? Kind, string Reason)
{
    internal const string Daemon = "daemon";
    internal const string Linux = "linux";
    internal const string Windows = "windows";

    /// <summary>Decides for a kind.</summary>
    /// <param name="asked">What the user asked for; null to take the best that runs here.</param>
    internal static GuestKindChoice Make(string? asked)
    {
        if (asked is Windows)
        {
            return new(Windows, null,
                "Guests of the kind 'windows' are not built yet: this version has no emulated Windows "
                + "guest. Use --guest linux or --guest daemon.");
        }

        if (asked is Linux)
            return new(Linux, EmulatedGuestKind.Linux, "asked for with --guest");
        string? obstacle = EmulatedHyperV.WhyUnavailable(EmulatedGuestKind.LinuxDaemon);
        return (asked, obstacle) switch
        {
            (Daemon, null) => new(Daemon, EmulatedGuestKind.LinuxDaemon, "asked for with --guest"),
            (Daemon, _) => new(Daemon, null,
                $"Guests of the kind 'daemon' cannot run here. {obstacle} Or use --guest linux."),
            (_, null) => new(Daemon, EmulatedGuestKind.LinuxDaemon, "hv_kvp_daemon is installed and may run here"),
            _ => new(Linux, EmulatedGuestKind.Linux, $"the kind 'daemon' cannot run here: {obstacle.TrimEnd('.')}"),
        };
    }
}
