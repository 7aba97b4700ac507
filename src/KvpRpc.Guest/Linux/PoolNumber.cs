namespace KvpRpc.Guest.Linux;

/// <summary>The pools that the daemon keeps, each in a file of that number.</summary>
internal enum PoolNumber
{
    /// <summary>What the host wrote.</summary>
    FromHost = 0,

    /// <summary>What programs in the guest wrote.</summary>
    FromGuest = 1,

    /// <summary>What the host tells every guest about itself and the VM.</summary>
    Parameters = 3,
}
