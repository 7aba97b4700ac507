namespace KvpRpc.Emulator.Host;

/// <summary>Whether the host service can reach the guest, as far as the virtual machine's own state says.</summary>
internal enum GuestReach
{
    /// <summary>Not running, or Data Exchange is disabled: nothing is asked.</summary>
    Closed,

    /// <summary>Paused: what is asked stays without an answer.</summary>
    Frozen,

    /// <summary>Running.</summary>
    Open,
}
