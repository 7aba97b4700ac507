namespace KvpRpc.Transports.Host;

/// <summary>A method of <c>Msvm_VirtualSystemManagementService</c> that writes host items.</summary>
internal enum HostMethod
{
    /// <summary><c>AddKvpItems</c>: the keys must not exist.</summary>
    Add,

    /// <summary><c>ModifyKvpItems</c>: the keys must exist.</summary>
    Modify,

    /// <summary><c>RemoveKvpItems</c>: broken on some updates of Server 2016.</summary>
    Remove,
}
