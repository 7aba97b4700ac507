namespace KvpRpc.Emulator;

/// <summary>What an emulated virtual machine has for a guest.</summary>
public enum EmulatedGuestKind
{
    /// <summary>A Linux guest in memory, with the pools and habits of <c>hv_kvp_daemon</c>. Works everywhere.</summary>
    Linux,

    /// <summary>A Linux guest whose Data Exchange service is the unmodified <c>hv_kvp_daemon</c>, running on this
    /// machine on an emulated device; its tables are the daemon's pool files. Works on Linux, as root, where the daemon
    /// is installed: see <see cref="EmulatedHyperV.WhyUnavailable"/>.</summary>
    LinuxDaemon,
}
