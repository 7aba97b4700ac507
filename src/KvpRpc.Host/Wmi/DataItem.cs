namespace KvpRpc.Host.Wmi;

/// <summary>One pair as WMI shows it: an instance of <c>Msvm_KvpExchangeDataItem</c>.</summary>
/// <param name="Name">The key.</param>
/// <param name="Data">The value.</param>
/// <param name="Source">Whose it is; null where the instance does not say.</param>
internal readonly record struct DataItem(string Name, string Data, DataItemSource? Source);

/// <summary>Whose pair it is: the values of <c>Msvm_KvpExchangeDataItem.Source</c>.</summary>
internal enum DataItemSource
{
    /// <summary>The host wrote it for the guest.</summary>
    Host = 0,

    /// <summary>The guest wrote it for the host.</summary>
    Guest = 1,

    /// <summary>The guest's integration service wrote it: the system's name and version, addresses.</summary>
    Intrinsic = 2,

    /// <summary>The host wrote it, and it never reaches the guest.</summary>
    HostOnly = 4,
}
