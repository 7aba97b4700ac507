namespace KvpRpc.Transports.Host;

/// <summary>What an embedded <c>Msvm_KvpExchangeDataItem</c> says.</summary>
/// <param name="Name">The item's key.</param>
/// <param name="Data">The item's text; empty for <see cref="HostMethod.Remove"/>.</param>
internal readonly record struct HostDataItem(string Name, string Data);
