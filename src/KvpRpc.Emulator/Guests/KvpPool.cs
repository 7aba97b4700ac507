namespace KvpRpc.Emulator.Guests;

/// <summary>Names a pool of items in a guest; the numbers are those of the wire and of the pool files.</summary>
internal enum KvpPool
{
    /// <summary>Host to guest: what the host's programs wrote.</summary>
    External = 0,

    /// <summary>Guest to host: what the guest's programs wrote.</summary>
    Guest = 1,

    /// <summary>Facts about the guest, made up by its service when the host asks.</summary>
    Auto = 2,

    /// <summary>Facts about the host, written by the host service at boot.</summary>
    AutoExternal = 3,
}
