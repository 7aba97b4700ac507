namespace KvpRpc.Transports;

/// <summary>Why a transport could not do its work.</summary>
public enum KvpTransportError
{
    /// <summary>It did not work this time; the same call may work later.</summary>
    Unavailable,

    /// <summary>The VM, folder or registry key does not exist.</summary>
    NotFound,

    /// <summary>This account may not read or write the table.</summary>
    AccessDenied,

    /// <summary>The table takes no further item.</summary>
    TableFull,

    /// <summary>Another process owns this channel on this side.</summary>
    ChannelInUse,
}
