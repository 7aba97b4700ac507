namespace KvpRpc.Emulator;

/// <summary>What an emulated virtual machine has for a guest.</summary>
public enum EmulatedGuestKind
{
    /// <summary>A Linux guest in memory, with the pools and habits of <c>hv_kvp_daemon</c>. Works everywhere.</summary>
    Linux,
}
